namespace TemporalDelivery.Api.Problems;

/// <summary>The codes of the faults that a problem lists under <c>errors</c>, with what they mean.</summary>
internal static class FaultCodes
{
    /// <summary>The list, for the API's description and the page about refused requests.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } =
        new Dictionary<string, string>
        {
            ["MALFORMED"] = "It cannot be read: no JSON, an unknown or repeated member, or a value of the wrong type.",
            ["MISSING"] = "A parameter is missing.",
            ["MORE"] = "More is wrong than is listed.",
            ["KEY_REUSED"] = "The Idempotency-Key was used for another request.",
            ["OUT_OF_RANGE"] = "The number is too small or too large.",
            ["REASON_MISSING"] = "A change has a reason.",
            ["TEXT_MISSING"] = "A note says something.",
            ["ORDER_COUNT"] = "There are no orders in the request, or too many.",
            ["UNKNOWN_CUSTOMER"] = "There is no such customer.",
            ["LINE_COUNT"] = "The order has no line, or too many.",
            ["SKU_MISSING"] = "The line names no article.",
            ["SKU_INVALID"] = "This can be no article's number.",
            ["UNKNOWN_SKU"] = "There is no such article.",
            ["NOT_ON_SALE"] = "The article is not on sale.",
            ["QUANTITY"] = "Too few or too many of an article, in one line or over all.",
            ["PAYMENT_TOKEN_MISSING"] = "There is no payment token.",
            ["ADDRESS_MISSING"] = "What is ordered travels, and there is no address.",
            ["ADDRESS_INCOMPLETE"] = "A part of the address is missing.",
            ["COUNTRY"] = "A country is two capital letters (ISO 3166-1).",
            ["VOUCHER_MALFORMED"] = "This can be no voucher's code.",
            ["VOUCHER_UNKNOWN"] = "There is no such voucher.",
            ["VOUCHER_USED"] = "The voucher is used.",
            ["VOUCHER_DISABLED"] = "The voucher was taken out of use.",
            ["PIN_MALFORMED"] = "A PIN is a text of six digits.",
            ["UNKNOWN_REASON"] = "There is no such reason, or not here.",
            ["UNKNOWN_RESOLUTION"] = "There is no such resolution.",
            ["UNKNOWN_GOODS"] = "There is no such word for what became of goods.",
            ["UNKNOWN_ACTION"] = "There is no such action.",
            ["STEP_MISSING"] = "No step is named.",
            ["NOT_OF_THIS_KIND"] = "A task of this kind is not resolved so.",
            ["NAME_INVALID"] = "A name is one line, not empty and not too long.",
            ["KIND_INVALID"] = "There is no such kind of article.",
            ["KIND_MISSING"] = "A new article has a kind.",
            ["KIND_FIXED"] = "An article's kind never changes.",
            ["ON_SALE_MISSING"] = "It is not said whether the article is on sale.",
            ["TOPICS_MISSING"] = "No topic is named.",
            ["UNKNOWN_TOPIC"] = "There is no such topic.",
            ["URL_INVALID"] = "This is no address that we call.",
            ["URL_NOT_HTTPS"] = "We call https addresses only.",
            ["URL_NOT_PUBLIC"] = "We call hosts out in the world only.",
            ["ONE_OF_TWO"] = "One of two members is said, and not both.",
            ["EVENT_ID"] = "The event has no id, or one that is too long.",
            ["TYPE_MISSING"] = "The event has no type.",
            ["DELIVERY_MISSING"] = "The event names no delivery order.",
            ["TIME_MISSING"] = "The event has no time.",
            ["PAYMENT_MISSING"] = "The event names no payment.",
            ["ORDER_MISSING"] = "The event names no order.",
            ["ATTEMPT_MISSING"] = "The event names no attempt.",
        };
}

using Npgsql;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;

namespace TemporalDelivery.Database.Tests;

/// <summary>The database refuses what a delivery order's graph does not have, whoever tries it.</summary>
public sealed class DeliveryGraphRowsTests
{
    [Fact]
    public async Task The_database_knows_the_moves_of_every_published_graph()
    {
        await using var shop = await Shop.OpenAsync();

        var rows = await shop.ListAsync<string>(
            "select concat_ws(' ', version, from_state, event, to_state, ends_in) from deliveries.graph_moves"
        );

        var published = Enumerable
            .Range(1, DeliveryGraph.CurrentVersion)
            .Select(DeliveryGraph.OfVersion)
            .SelectMany(graph =>
                graph.Moves.Select(move =>
                    $"{graph.Version} {move.From.WireName()} {move.Event} {move.To.WireName()} {EndOf(graph, move.To).WireName()}"
                )
            );
        Assert.Equal(published.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("state = 'DELIVERED'", "has no way from CREATED to DELIVERED")]
    [InlineData("state = 'DELIVERY_FAILED'", "has no way from CREATED to DELIVERY_FAILED")]
    [InlineData("state = 'ON_THE_MOON'", "has no way from CREATED to ON_THE_MOON")]
    [InlineData("graph_version = 1", "has no way from CREATED to CREATED")]
    public async Task A_delivery_order_goes_only_where_its_graph_leads(string change, string refusal)
    {
        await using var shop = await Shop.OpenAsync();
        await shop.PaidAsync(("BOOK-DDIA", 1));

        var refused = await Assert.ThrowsAsync<PostgresException>(() =>
            shop.ExecuteAsync($"update deliveries.delivery_orders set {change}")
        );

        Assert.Equal(PostgresErrorCodes.CheckViolation, refused.SqlState);
        Assert.EndsWith(refusal, refused.MessageText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public async Task What_a_delivery_order_may_do_is_what_the_version_has_that_it_began_with(int version, bool isLegal)
    {
        await using var shop = await Shop.OpenAsync();
        await shop.PaidAsync(("BOOK-DDIA", 1));
        await shop.ExecuteAsync(
            $"""
            alter table deliveries.delivery_orders disable trigger delivery_orders_follow_their_graph;
            update deliveries.delivery_orders set state = 'PICKED_UP', graph_version = {version};
            alter table deliveries.delivery_orders enable trigger delivery_orders_follow_their_graph
            """
        );

        var error = await Record.ExceptionAsync(() =>
            shop.ExecuteAsync(
                """
                insert into deliveries.delivery_audit (delivery_order_id, from_state, to_state, event, actor)
                select delivery_order_id, state, 'DELIVERY_FAILED', 'DISPUTE', 'operator:jane' from deliveries.delivery_orders
                """
            )
        );

        Assert.Equal(isLegal, error is null);
        Assert.True(isLegal || error is PostgresException { SqlState: PostgresErrorCodes.CheckViolation });
    }

    private static DeliveryState EndOf(DeliveryGraph graph, DeliveryState state) =>
        graph.Node(state).Then is { } next ? EndOf(graph, graph.Move(state, next, ActorKind.System).To) : state;
}

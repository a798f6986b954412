using System.Text.Json;
using Google.Protobuf;
using Temporalio.Api.Common.V1;
using Temporalio.Converters;

namespace Temporalio.Tests.Converters;

public sealed class PayloadConverterTests
{
    private readonly IPayloadConverter converter = DataConverter.Default.PayloadConverter;

    [Theory]
    [InlineData(null, "binary/null", "")]
    [InlineData("text", "json/plain", "\"text\"")]
    [InlineData(5, "json/plain", "5")]
    public void Values_are_json_and_null_is_nothing(object? value, string encoding, string data)
    {
        var payload = converter.ToPayload(value);

        Assert.Equal(encoding, payload.Metadata["encoding"].ToStringUtf8());
        Assert.Equal(data, payload.Data.ToStringUtf8());
        Assert.Equal(value, converter.ToValue(payload, value?.GetType() ?? typeof(string)));
    }

    [Fact]
    public void Bytes_stay_bytes()
    {
        var payload = converter.ToPayload(new byte[] { 1, 2 });

        Assert.Equal("binary/plain", payload.Metadata["encoding"].ToStringUtf8());
        Assert.Equal([1, 2], converter.ToValue<byte[]>(payload));
        Assert.Throws<ArgumentException>(() => converter.ToValue<string>(payload));
    }

    [Theory]
    [InlineData("json/protobuf")]
    [InlineData("binary/protobuf")]
    public void Messages_name_their_type(string encoding)
    {
        var message = new WorkflowExecution { WorkflowId = "w", RunId = "r" };
        var payload = encoding == "json/protobuf"
            ? converter.ToPayload(message)
            : new DefaultPayloadConverter(new BinaryProtoConverter()).ToPayload(message);

        Assert.Equal(encoding, payload.Metadata["encoding"].ToStringUtf8());
        Assert.Equal("temporal.api.common.v1.WorkflowExecution", payload.Metadata["messageType"].ToStringUtf8());
        Assert.Equal(message, converter.ToValue<WorkflowExecution>(payload));
        Assert.Throws<ArgumentException>(() => converter.ToValue<Payload>(payload));
    }

    [Fact]
    public void A_null_payload_does_not_fit_a_value_type()
    {
        Assert.Throws<ArgumentException>(() => converter.ToValue<int>(converter.ToPayload(null)));
        Assert.Null(converter.ToValue<int?>(converter.ToPayload(null)));
    }

    [Fact]
    public void A_raw_value_is_its_payload()
    {
        var raw = converter.ToRawValue("x");

        Assert.Same(raw.Payload, converter.ToPayload(raw));
        Assert.Same(raw.Payload, converter.ToValue<IRawValue>(raw.Payload).Payload);
        Assert.Equal("x", converter.ToValue<string>(raw));
    }

    [Fact]
    public void An_unknown_encoding_is_named()
    {
        var payload = new Payload { Metadata = { ["encoding"] = ByteString.CopyFromUtf8("binary/secret") } };

        Assert.Contains("binary/secret", Assert.Throws<ArgumentException>(() => converter.ToValue<string>(payload)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => converter.ToValue<string>(new Payload()));
    }

    [Fact]
    public void Json_options_are_the_callers()
    {
        var camel = new DefaultPayloadConverter(new JsonSerializerOptions(JsonSerializerDefaults.Web));

        Assert.Equal("{\"name\":\"x\"}", camel.ToPayload(new Named("x")).Data.ToStringUtf8());
        Assert.Equal("{\"Name\":\"x\"}", converter.ToPayload(new Named("x")).Data.ToStringUtf8());
    }

    private sealed record Named(string Name);
}

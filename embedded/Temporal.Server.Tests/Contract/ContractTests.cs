using Temporal.Server.Tests.Conformance;

namespace Temporal.Server.Tests.Contract;

public sealed class ContractTests
{
    [Fact]
    public async Task Every_message_enum_and_service_that_we_declare_is_the_published_one_to_the_last_field()
    {
        await NodeWorkspace.RequireAsync();
        var (exitCode, output, errors) = await NodeWorkspace.RunAsync(["contract/describe.mjs", "temporal.api", "grpc.health.v1"]);
        Assert.True(exitCode == 0, errors);

        var ours = OurContract.Lines().ToHashSet();
        var declared = ours.Where(IsDeclaration).Select(line => line.Split(' ')[1]).ToHashSet();
        var theirs = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => declared.Contains(line.Split(' ')[1])).ToHashSet();

        Assert.True(ours.Count > 3000, $"Only {ours.Count} facts were found in our own descriptors.");
        Assert.Empty(ours.Except(theirs).Select(line => "ours only: " + line).Concat(theirs.Except(ours).Select(line => "theirs only: " + line)).Order(StringComparer.Ordinal));
    }

    private static bool IsDeclaration(string line) =>
        line.StartsWith("message ", StringComparison.Ordinal) || line.StartsWith("enum ", StringComparison.Ordinal) || line.StartsWith("service ", StringComparison.Ordinal);
}

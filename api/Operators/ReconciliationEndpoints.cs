using Microsoft.AspNetCore.Http.HttpResults;
using TemporalDelivery.Api.Actors;
using TemporalDelivery.Database.Reconciliation;
using TemporalDelivery.Workflows.Reconciliation;

namespace TemporalDelivery.Api.Operators;

/// <summary>Whether everything agrees that has to.</summary>
/// <param name="Differences">The drift: how much the last pass has found that does not agree; absent before the first.</param>
/// <param name="Passes">The last passes, the latest first.</param>
public sealed record ReconciliationResponse(int? Differences, IReadOnlyList<ReconciliationReport> Passes);

/// <summary>What the reconciliation has found.</summary>
internal static class ReconciliationEndpoints
{
    private const int Shown = 20;

    public static void MapReconciliation(this WebApplication app) =>
        app.MapGet("/reconciliation", FindAsync)
            .WithName("findReconciliation")
            .WithDescription("The last twenty passes. What needs somebody has become operator tasks.")
            .WithTags("Operators")
            .RequireAuthorization(Policies.Operator)
            .WithSummary("What does not agree: tables, workflows, read model, payment provider and delivery partner.")
            .ProducesProblem(401)
            .ProducesProblem(403)
            .ProducesProblem(503);

    private static async Task<Ok<ReconciliationResponse>> FindAsync(ReconciliationReports reports, CancellationToken cancellationToken)
    {
        var passes = await reports.ListAsync(Shown, cancellationToken);
        return TypedResults.Ok(new ReconciliationResponse(passes is [var last, ..] ? last.Differences : null, passes));
    }
}

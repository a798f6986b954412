namespace Temporalio.Client;

/// <summary>A client of one namespace.</summary>
public partial interface ITemporalClient
{
}

namespace Temporalio.Client.Interceptors;

/// <summary>Stands between a client and its calls.</summary>
public interface IClientInterceptor
{
    /// <summary>What calls go through; by default the next alone.</summary>
    ClientOutboundInterceptor InterceptClient(ClientOutboundInterceptor nextInterceptor) => nextInterceptor;
}

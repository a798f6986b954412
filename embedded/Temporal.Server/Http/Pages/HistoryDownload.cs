using Google.Protobuf;
using Temporal.Server.Http.Json;
using Temporal.Server.Http.Routing;
using Temporal.Server.Rpc;
using Temporalio.Api.Common.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Http.Pages;

/// <summary><c>…/workflows/{id}/run/{run}/history.json</c>: a run's whole history as one file, which every SDK's replayer reads.</summary>
internal static class HistoryDownload
{
    private const string Path = "namespaces/{namespace}/workflows/{workflow}/run/{run}/history.json";

    /// <summary>Puts the file into a tree.</summary>
    public static void AddHistoryDownload(this RouteTree<HttpHandler> tree, RpcMethods methods)
    {
        var read = methods.ByPath.Values.Single(method => method.Name == "GetWorkflowExecutionHistory");
        tree.Add("GET", "api/v1/" + Path, call => ServeAsync(call, read));
        tree.Add("GET", Path, call => ServeAsync(call, read));
    }

    // Page by page: a history may have 50 MiB.
    private static async Task ServeAsync(HttpCall call, RpcMethod read)
    {
        var (http, response) = (call.Http, call.Http.Response);
        var token = ByteString.Empty;
        do
        {
            var page = (GetWorkflowExecutionHistoryResponse)
                await RpcOverHttp.CallAsync(
                    read,
                    new GetWorkflowExecutionHistoryRequest
                    {
                        Namespace = call.Variable("namespace"),
                        Execution = new WorkflowExecution { WorkflowId = call.Variable("workflow"), RunId = call.Variable("run") },
                        NextPageToken = token,
                    },
                    http
                );
            if (token.IsEmpty)
            {
                response.ContentType = "application/json";
                response.Headers.ContentDisposition = "attachment; filename=\"history.json\"";
                await response.WriteAsync("{\"events\":[", http.RequestAborted);
            }

            var separator = token.IsEmpty ? "" : ",";
            foreach (var historyEvent in page.History.Events)
            {
                await response.WriteAsync(
                    separator + ResponseJson.Write(historyEvent, call.Style & ~JsonStyle.ShortPayloads),
                    http.RequestAborted
                );
                separator = ",";
            }

            token = page.NextPageToken;
        } while (!token.IsEmpty);
        await response.WriteAsync("]}", http.RequestAborted);
    }
}

using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;

namespace Temporalio.Tests.Grpc;

public sealed class ConnectionTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("http://localhost:7233")]
    [InlineData("localhost:port")]
    [InlineData("localhost:7233/path")]
    public async Task A_target_that_is_not_host_and_port_is_refused(string? target)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => TemporalClient.ConnectAsync(new() { TargetHost = target }));
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_named()
    {
        using var unused = new TcpListener(IPAddress.Loopback, 0);
        unused.Start();
        var port = ((IPEndPoint)unused.LocalEndpoint).Port;
        unused.Stop();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => TemporalClient.ConnectAsync(new($"127.0.0.1:{port}")));

        Assert.Contains($"127.0.0.1:{port}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lazy_connection_connects_with_its_first_call()
    {
        await using var server = await StubServer.StartAsync(call => call.ReplyAsync(new ListNamespacesResponse()));
        var client = TemporalClient.CreateLazy(new(server.TargetHost));

        Assert.False(client.Connection.IsConnected);
        Assert.Throws<InvalidOperationException>(() => client.Connection.ApiKey = "early");
        await client.WorkflowService.ListNamespacesAsync(new());
        Assert.True(client.Connection.IsConnected);
    }

    [Fact]
    public async Task Tls_checks_the_servers_certificate_and_presents_ours()
    {
        using var authority = Certificate("CN=Test authority", null);
        using var forServer = Certificate("CN=temporal.test", authority);
        using var forClient = Certificate("CN=worker", authority);
        string? presented = null;
        await using var server = await StubServer.StartAsync(
            call => call.ReplyAsync(new ListNamespacesResponse()),
            new()
            {
                ServerCertificate = X509CertificateLoader.LoadPkcs12(forServer.Export(X509ContentType.Pkcs12), null),
                ClientCertificateMode = ClientCertificateMode.RequireCertificate,
                ClientCertificateValidation = (certificate, _, _) =>
                {
                    presented = certificate.Subject;
                    return true;
                },
            });
        var options = new TemporalClientConnectOptions(server.TargetHost)
        {
            Tls = new()
            {
                ServerRootCACert = Encoding.ASCII.GetBytes(authority.ExportCertificatePem()),
                Domain = "temporal.test",
                ClientCert = Encoding.ASCII.GetBytes(forClient.ExportCertificatePem()),
                ClientPrivateKey = Encoding.ASCII.GetBytes(forClient.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem()),
            },
        };

        var client = await TemporalClient.ConnectAsync(options);
        await client.WorkflowService.ListNamespacesAsync(new());

        Assert.Equal("CN=worker", presented);
        Assert.Equal("temporal.test", server.Calls.Single().Host);
        options.Tls.Domain = "other.test";
        await Assert.ThrowsAsync<InvalidOperationException>(() => TemporalClient.ConnectAsync(options));
        options.Tls.ClientPrivateKey = null;
        await Assert.ThrowsAsync<ArgumentException>(() => TemporalClient.ConnectAsync(options));
    }

    [Fact]
    public async Task A_connection_goes_through_its_proxy()
    {
        await using var server = await StubServer.StartAsync(call => call.ReplyAsync(new ListNamespacesResponse()));
        using var proxy = new StubProxy("HTTP/1.1 200 Connection established\r\n\r\n", server.Port);

        var client = await TemporalClient.ConnectAsync(new("temporal.invalid:7233")
        {
            HttpConnectProxy = new(proxy.TargetHost) { BasicAuth = ("user", "secret") },
        });
        await client.WorkflowService.ListNamespacesAsync(new());

        Assert.StartsWith("CONNECT temporal.invalid:7233 HTTP/1.1\r\n", proxy.Asked, StringComparison.Ordinal);
        Assert.Contains("Proxy-Authorization: Basic dXNlcjpzZWNyZXQ=\r\n", proxy.Asked, StringComparison.Ordinal);
        Assert.Equal("temporal.invalid:7233", server.Calls.Single().Host);
    }

    [Fact]
    public async Task A_proxy_that_refuses_is_named()
    {
        using var proxy = new StubProxy("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", targetPort: null);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => TemporalClient.ConnectAsync(new("temporal.invalid:7233")
        {
            HttpConnectProxy = new(proxy.TargetHost),
        }));

        Assert.Contains("407", error.Message, StringComparison.Ordinal);
    }

    private static X509Certificate2 Certificate(string subject, X509Certificate2? issuer)
    {
        var key = RSA.Create(2048);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(issuer is null, false, 0, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(subject[3..]);
        request.CertificateExtensions.Add(names.Build());
        var from = DateTimeOffset.UtcNow.AddHours(-1);
        return issuer is null
            ? request.CreateSelfSigned(from, from.AddDays(1))
            : request.Create(issuer, from, from.AddHours(23), [1, 2, 3]).CopyWithPrivateKey(key);
    }
}

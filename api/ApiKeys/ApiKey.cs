using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace TemporalDelivery.Api.ApiKeys;

/// <summary>A key as programs show it: <c>tdk_</c> and 256 random bits.</summary>
internal static class ApiKey
{
    /// <summary>How each begins, so that one that is where it should not be is recognized.</summary>
    public const string Mark = "tdk_";

    private const int Bytes = 32;
    private const int MaxLength = 100;
    private const int PrefixLength = 12;

    /// <summary>A new one.</summary>
    public static string Create() => Mark + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>Whether a credential claims to be one.</summary>
    public static bool IsOne(string credential) => credential.StartsWith(Mark, StringComparison.Ordinal) && credential.Length <= MaxLength;

    /// <summary>What is stored of it.</summary>
    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>What is shown of it when it is listed.</summary>
    public static string Prefix(string key) => key[..PrefixLength];
}

using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Agent.Indexing.Hashing;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Indexing.Hashing;

[SuppressMessage("Security", "CA5351", Justification = "OpenGnsys names MD5.")]
public sealed class Md5DigesterTests
{
    [Fact]
    public void It_is_the_librarys_for_all_lengths_around_the_blocks()
    {
        var bytes = RandomNumberGenerator.GetBytes(400);
        for (var length = 0; length <= bytes.Length; length++)
            Assert.Equal(MD5.HashData(bytes.AsSpan(0, length)), Digest([bytes[..length]]));
    }

    [Fact]
    public void It_is_the_librarys_however_the_bytes_are_divided() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[][]>(), parts =>
            Digest(parts.Select(part => part ?? [])).SequenceEqual(MD5.HashData([.. parts.SelectMany(part => part ?? [])]))).QuickCheckThrowOnFailure();

    private static byte[] Digest(IEnumerable<byte[]> parts)
    {
        using var digester = new Md5Digester();
        foreach (var part in parts)
            digester.Append(part);
        return digester.Finish();
    }
}

using Agent.Images;

namespace Agent.Tests.Support;

/// <summary>Digests for tests that care only whether they are kept.</summary>
internal static class SomeDigests
{
    public static ImageDigests Of(byte fill) =>
        new(Hex(fill, 16), Hex((byte)(fill + 1), 16), Hex((byte)(fill + 2), 32), Hex((byte)(fill + 3), 20));

    private static string Hex(byte fill, int length) => Convert.ToHexStringLower(Enumerable.Repeat(fill, length).ToArray());
}

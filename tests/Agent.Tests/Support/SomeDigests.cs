using Agent.Images;

namespace Agent.Tests.Support;

/// <summary>Digests for tests that care only whether they are kept.</summary>
internal static class SomeDigests
{
    public static ImageDigests Of(byte fill) =>
        new(Hex(fill, fill, 16), Hex(1, fill, 16), Hex(2, fill, 32), Hex(3, fill, 20));

    /// <summary>The first byte tells the digests apart, and none but the first is ever all zeros, which stands for none.</summary>
    private static string Hex(byte first, byte fill, int length) => Convert.ToHexStringLower([first, .. Enumerable.Repeat(fill, length - 1)]);
}

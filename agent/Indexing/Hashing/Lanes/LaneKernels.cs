using System.Runtime.InteropServices;

namespace Agent.Indexing.Hashing.Lanes;

/// <summary>
/// The C code that takes MD5, SHA-1 and SHA-256 of several streams side by side in vector registers, in the variants this CPU can run.
/// State word <c>i</c> of stream <c>l</c> is at <c>[i * Width + l]</c>, on an address that is a multiple of 64.
/// </summary>
internal abstract unsafe partial class LaneKernels(string name, int width)
{
    private const string Library = "ogrepo_lanes";

    /// <summary>What this CPU can run, the fastest first; empty where it has no vector unit that is worth it.</summary>
    public static IReadOnlyList<LaneKernels> Available { get; } = [.. Detect(Features())];

    /// <summary>The fastest; null where there is none.</summary>
    public static LaneKernels? Best => Available.Count > 0 ? Available[0] : null;

    public string Name => name;

    /// <summary>Streams side by side.</summary>
    public int Width => width;

    /// <summary>Takes <paramref name="blocks"/> blocks of 64 bytes from each of <paramref name="data"/>.</summary>
    public abstract void Md5Sha1(uint* md5, uint* sha1, byte** data, nuint blocks);

    /// <inheritdoc cref="Md5Sha1"/>
    public abstract void Sha256(uint* sha256, byte** data, nuint blocks);

    private static IEnumerable<LaneKernels> Detect(CpuFeatures cpu)
    {
        if (cpu.HasFlag(CpuFeatures.Avx512))
            yield return new Avx512();
        if (cpu.HasFlag(CpuFeatures.Avx2 | CpuFeatures.Sha))
            yield return new Avx2WithSha();
        if (cpu.HasFlag(CpuFeatures.Avx2))
            yield return new Avx2();
    }

    [Flags]
    private enum CpuFeatures
    {
        None = 0,
        Avx2 = 1,
        Avx512 = 2,
        Sha = 4,
    }

    private sealed class Avx512() : LaneKernels("AVX-512", 16)
    {
        public override void Md5Sha1(uint* md5, uint* sha1, byte** data, nuint blocks) => Md5Sha1X16(md5, sha1, data, blocks);

        public override void Sha256(uint* sha256, byte** data, nuint blocks) => Sha256X16(sha256, data, blocks);
    }

    private sealed class Avx2WithSha() : LaneKernels("AVX2 and SHA", 8)
    {
        public override void Md5Sha1(uint* md5, uint* sha1, byte** data, nuint blocks) => Md5Sha1X8(md5, sha1, data, blocks);

        public override void Sha256(uint* sha256, byte** data, nuint blocks) => Sha256NiX8(sha256, data, blocks);
    }

    private sealed class Avx2() : LaneKernels("AVX2", 8)
    {
        public override void Md5Sha1(uint* md5, uint* sha1, byte** data, nuint blocks) => Md5Sha1X8(md5, sha1, data, blocks);

        public override void Sha256(uint* sha256, byte** data, nuint blocks) => Sha256X8(sha256, data, blocks);
    }

    [LibraryImport(Library, EntryPoint = "ogl_features")]
    private static partial CpuFeatures Features();

    [LibraryImport(Library, EntryPoint = "ogl_md5_sha1_x16")]
    private static partial void Md5Sha1X16(uint* md5, uint* sha1, byte** data, nuint blocks);

    [LibraryImport(Library, EntryPoint = "ogl_md5_sha1_x8")]
    private static partial void Md5Sha1X8(uint* md5, uint* sha1, byte** data, nuint blocks);

    [LibraryImport(Library, EntryPoint = "ogl_sha256_x16")]
    private static partial void Sha256X16(uint* sha256, byte** data, nuint blocks);

    [LibraryImport(Library, EntryPoint = "ogl_sha256_x8")]
    private static partial void Sha256X8(uint* sha256, byte** data, nuint blocks);

    [LibraryImport(Library, EntryPoint = "ogl_sha256_ni_x8")]
    private static partial void Sha256NiX8(uint* sha256, byte** data, nuint blocks);
}

using System.Runtime.InteropServices;

namespace Agent.Indexing.Hashing.Lanes;

/// <summary>Takes <paramref name="blocks"/> blocks of 64 bytes from each of <paramref name="data"/> into the states of one or more digests.</summary>
internal unsafe delegate void LaneFunction(ReadOnlySpan<LaneState> states, byte** data, nuint blocks);

/// <summary>Digests that one loop computes in step, because one fills the gaps that another leaves, and that loop.</summary>
/// <param name="Digests">Which, in the order in which <paramref name="Run"/> takes their states.</param>
/// <param name="Run">The loop.</param>
internal sealed record LaneKernel(IReadOnlyList<LaneDigest> Digests, LaneFunction Run);

/// <summary>
/// The C code that takes MD5, SHA-1 and SHA-256 of several streams side by side in vector registers, in the variants this CPU can run.
/// State word <c>i</c> of stream <c>l</c> is at <c>[i * Width + l]</c>, on an address that is a multiple of 64.
/// </summary>
/// <param name="Name">Of the instruction sets.</param>
/// <param name="Width">Streams side by side.</param>
/// <param name="Kernels">What different cores can do at the same time; the digests are divided so that all together takes the least.</param>
internal sealed unsafe partial record LaneKernels(string Name, int Width, IReadOnlyList<LaneKernel> Kernels)
{
    private const string Library = "ogrepo_lanes";

    /// <summary>What this CPU can run, the fastest first; empty where it has no vector unit that is worth it.</summary>
    public static IReadOnlyList<LaneKernels> Available { get; } = [.. Detect(Features())];

    /// <summary>The fastest; null where there is none.</summary>
    public static LaneKernels? Best => Available.Count > 0 ? Available[0] : null;

    private static IEnumerable<LaneKernels> Detect(CpuFeatures cpu)
    {
        if (cpu.HasFlag(CpuFeatures.Avx512))
            yield return Avx512();
        if (cpu.HasFlag(CpuFeatures.Avx2 | CpuFeatures.Sha))
            yield return Avx2WithSha();
        if (cpu.HasFlag(CpuFeatures.Avx2))
            yield return Avx2();
    }

    private static LaneKernels Avx512() => new("AVX-512", 16,
    [
        new([LaneDigest.Md5, LaneDigest.Sha256], static (states, data, blocks) => Md5Sha256X16(states[0].Words, states[1].Words, data, blocks)),
        new([LaneDigest.Pieces], static (states, data, blocks) => Sha1X16(states[0].Words, data, blocks)),
    ]);

    private static LaneKernels Avx2WithSha() => new("AVX2 and SHA", 8,
    [
        new([LaneDigest.Md5, LaneDigest.Pieces], static (states, data, blocks) => Md5Sha1X8(states[0].Words, states[1].Words, data, blocks)),
        new([LaneDigest.Sha256], static (states, data, blocks) => Sha256NiX8(states[0].Words, data, blocks)),
    ]);

    private static LaneKernels Avx2() => new("AVX2", 8,
    [
        new([LaneDigest.Md5, LaneDigest.Sha256], static (states, data, blocks) => Md5Sha256X8(states[0].Words, states[1].Words, data, blocks)),
        new([LaneDigest.Pieces], static (states, data, blocks) => Sha1X8(states[0].Words, data, blocks)),
    ]);

    [Flags]
    private enum CpuFeatures
    {
        None = 0,
        Avx2 = 1,
        Avx512 = 2,
        Sha = 4,
    }

    [LibraryImport(Library, EntryPoint = "ogl_features")]
    private static partial CpuFeatures Features();

    [LibraryImport(Library, EntryPoint = "ogl_md5_sha256_x16")]
    private static partial void Md5Sha256X16(uint* md5, uint* sha256, byte** data, nuint blocks);

    [LibraryImport(Library, EntryPoint = "ogl_sha1_x16")]
    private static partial void Sha1X16(uint* sha1, byte** data, nuint blocks);

    [LibraryImport(Library, EntryPoint = "ogl_md5_sha256_x8")]
    private static partial void Md5Sha256X8(uint* md5, uint* sha256, byte** data, nuint blocks);

    [LibraryImport(Library, EntryPoint = "ogl_sha1_x8")]
    private static partial void Sha1X8(uint* sha1, byte** data, nuint blocks);

    [LibraryImport(Library, EntryPoint = "ogl_md5_sha1_x8")]
    private static partial void Md5Sha1X8(uint* md5, uint* sha1, byte** data, nuint blocks);

    [LibraryImport(Library, EntryPoint = "ogl_sha256_ni_x8")]
    private static partial void Sha256NiX8(uint* sha256, byte** data, nuint blocks);
}

using System.Runtime.InteropServices;

namespace Agent.Common;

/// <summary>Where a path really lies, symbolic links of every part resolved.</summary>
public static class RealPath
{
    private const int PathMax = 4096;

    /// <summary>The real path of something that exists; null where nothing does.</summary>
    public static unsafe string? Resolve(string path)
    {
        var buffer = stackalloc byte[PathMax];
        return LibC.RealPath(path, buffer) is null ? null : Marshal.PtrToStringUTF8((nint)buffer);
    }

    /// <summary>The real path. Parts at the end that do not exist are kept as they are.</summary>
    public static string Of(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Resolve(full) is { } real)
            return real;
        return Path.GetDirectoryName(full) is { } parent ? Path.Combine(Of(parent), Path.GetFileName(full)) : full;
    }

    /// <summary>True where <paramref name="path"/> is <paramref name="directory"/> or lies in it; both real paths.</summary>
    public static bool IsInside(string path, string directory) =>
        path == directory || path.StartsWith(directory.EndsWith('/') ? directory : directory + '/', StringComparison.Ordinal);
}

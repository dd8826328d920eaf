using System.Text;
using Agent.Common;
using Agent.Images;

namespace Agent.Replication.Arriving;

/// <summary>The <c>.lock</c> beside an arriving image, by which OpenGnsys leaves it alone. It says whose it is, so that one that a crash left is known.</summary>
internal static class ArrivalLock
{
    private static readonly byte[] Mark = Encoding.ASCII.GetBytes("ogrepo-agent: an image arrives\n");

    /// <summary>Locks the place of an image.</summary>
    /// <param name="image">Path of the image.</param>
    /// <param name="temporary">Path on the same file system, where the lock is written: at its place it must say whose it is from the first moment.</param>
    /// <exception cref="ArrivalRefusedException">Somebody else has locked it.</exception>
    /// <exception cref="IOException">The lock cannot be written.</exception>
    public static void Take(string image, string temporary)
    {
        var path = image + Sidecar.Lock;
        if (IsOwn(path))
            return;
        File.WriteAllBytes(temporary, Mark);
        try
        {
            Rename.WithoutReplacing(temporary, path);
        }
        catch (IOException) when (FileStatus.OfLink(path) is not null)
        {
            throw new ArrivalRefusedException($"\"{image}\" is locked: somebody writes or uses it ({path} is there).");
        }
        AtomicFile.FlushDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Unlocks what <see cref="Take"/> locked; a lock of somebody else stays.</summary>
    public static void Release(string image)
    {
        if (IsOwn(image + Sidecar.Lock))
            File.Delete(image + Sidecar.Lock);
    }

    private static bool IsOwn(string path) =>
        FileStatus.OfLink(path) is { IsRegular: true } status && status.Stamp.Length == Mark.Length && File.ReadAllBytes(path).AsSpan().SequenceEqual(Mark);
}

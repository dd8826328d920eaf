using System.Runtime.InteropServices;
using Agent.Common;
using Microsoft.Win32.SafeHandles;

namespace Agent.BitTorrent.Seeding;

/// <summary>The open file of a torrent. A file whose stamp is not the one its pieces were hashed with is not served.</summary>
internal sealed class TorrentFile : IDisposable
{
    private readonly FileStamp _stamp;

    private TorrentFile(SafeFileHandle handle, FileStamp stamp) => (Handle, _stamp) = (handle, stamp);

    public SafeFileHandle Handle { get; }

    /// <summary>
    /// True once the file system has refused to read without waiting, as tmpfs does. It will always refuse, so it is asked only once.
    /// </summary>
    public bool RefusesNoWait { get; set; }

    /// <summary>True while the file has not been written to or cut since it was hashed.</summary>
    /// <exception cref="ObjectDisposedException">It has been closed.</exception>
    public bool IsUnchanged => FileStamp.Of(Handle) == _stamp;

    /// <summary>Opens the file; null when it has changed.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static TorrentFile? Open(SharedTorrent torrent)
    {
        var handle = LibC.OpenUnlocked(torrent.FilePath) ?? throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        var file = new TorrentFile(handle, torrent.Stamp);
        if (file.IsUnchanged && torrent.Stamp.Length == torrent.Length)
            return file;
        file.Dispose();
        return null;
    }

    public void Dispose() => Handle.Dispose();
}

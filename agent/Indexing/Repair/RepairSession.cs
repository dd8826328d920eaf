using System.Runtime.InteropServices;
using Agent.Common;
using Agent.Images;
using Agent.Indexing.Hashing;
using Microsoft.Win32.SafeHandles;

namespace Agent.Indexing.Repair;

/// <summary>
/// Writes verified bytes into an image in place, under its lock. The modification time is set back after each write: for others the file is
/// what it always was, only that it is right.
/// </summary>
internal sealed class RepairSession : IDisposable
{
    private readonly RepairJournal _journal;
    private readonly Image _image;
    private readonly string _path;
    private readonly string _entry;
    private readonly SafeFileHandle _file;
    private bool _isForeign;

    private RepairSession(RepairJournal journal, Image image, string path, string entry, SafeFileHandle file) =>
        (_journal, _image, _path, _entry, _file) = (journal, image, path, entry, file);

    /// <exception cref="Images.Trash.ImageInUseException">It is locked.</exception>
    /// <exception cref="FileChangedException">It is not what was indexed any more.</exception>
    /// <exception cref="IOException">It may not be written to.</exception>
    public static RepairSession Begin(RepairJournal journal, Image image, string path)
    {
        var entry = journal.Begin(image);
        SafeFileHandle? file = null;
        try
        {
            file = Open(path);
            return FileStamp.Of(file) == image.Stamp
                ? new RepairSession(journal, image, path, entry, file)
                : throw new FileChangedException(path, "was changed");
        }
        catch
        {
            file?.Dispose();
            journal.End(entry, image.Id);
            throw;
        }
    }

    /// <summary>Writes the right bytes of a piece.</summary>
    /// <exception cref="FileChangedException">Somebody else writes to it; nothing more is written.</exception>
    /// <exception cref="IOException">The device takes no bytes there.</exception>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        if (FileStamp.Of(_file) != _image.Stamp)
        {
            _isForeign = true;
            throw new FileChangedException(_path, "was written to by another program");
        }
        try
        {
            RandomAccess.Write(_file, bytes, offset);
        }
        finally
        {
            ModificationTime.Set(_file, _image.Stamp.ModifiedNanoseconds);
        }
    }

    /// <summary>Makes all of it durable, then lets others at the image again.</summary>
    public void Dispose()
    {
        try
        {
            if (!_isForeign)
            {
                RandomAccess.FlushToDisk(_file);
                ModificationTime.Set(_file, _image.Stamp.ModifiedNanoseconds);
                RandomAccess.FlushToDisk(_file);
            }
        }
        finally
        {
            _file.Dispose();
            _journal.End(_entry, _image.Id);
        }
    }

    private static SafeFileHandle Open(string path) =>
        LibC.OpenUnlocked(path, write: true) ?? throw new IOException($"'{path}' cannot be written to: {Marshal.GetLastPInvokeErrorMessage()}");
}

using Agent.Common;

namespace Agent.Adoption;

/// <summary>The server that is looked at: this one, or a tree that holds another's files.</summary>
/// <param name="Directory">Its root directory, <c>/</c> for this server.</param>
public sealed record ServerRoot(string Directory)
{
    /// <summary>Where a path of that server is found from here.</summary>
    public string At(string path) => Path.Join(Directory, path);

    /// <summary>What that server calls a path that was found from here.</summary>
    public string Shown(string found) => "/" + Path.GetRelativePath(Directory, found);

    /// <summary>The number of a user or group of that server; null where there is none of that name.</summary>
    /// <param name="file"><c>/etc/passwd</c> or <c>/etc/group</c>.</param>
    /// <param name="name">Its name.</param>
    public int? NumberOf(string file, string name)
    {
        if (!File.Exists(At(file)))
            return null;
        var fields = File.ReadLines(At(file)).Select(line => line.Split(':')).FirstOrDefault(fields => fields.Length > 2 && fields[0] == name);
        return fields is not null && int.TryParse(fields[2], out var number) ? number : null;
    }

    /// <summary>Replaces a file that is there, whole or not at all; it keeps its owner, its group and its mode.</summary>
    /// <exception cref="IOException">It cannot be written; it is as it was.</exception>
    internal static void Replace(string path, string content)
    {
        var status = FileStatus.Of(path) ?? throw new IOException($"{path} is gone");
        AtomicFile.Write(path, System.Text.Encoding.UTF8.GetBytes(content), (UnixFileMode)(status.Permissions & 0x1FF));
        LibC.ChangeOwner(path, status.Owner, status.Group);
    }
}

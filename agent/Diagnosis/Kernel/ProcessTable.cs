using System.Globalization;
using Agent.Adoption;
using Agent.Common;

namespace Agent.Diagnosis.Kernel;

/// <summary>Which process has which sockets, as far as the examiner may see it: others than root see only their own.</summary>
internal sealed class ProcessTable
{
    private const string SocketLink = "socket:[";
    private const string InotifyLink = "anon_inode:inotify";

    private readonly Dictionary<ulong, List<ProcessEntry>> _owners = [];
    private readonly Dictionary<uint, int> _inotify = [];

    private ProcessTable()
    {
    }

    /// <summary>Looks at all processes of a server. One that ends meanwhile is passed over.</summary>
    public static ProcessTable Read(ServerRoot root)
    {
        var table = new ProcessTable();
        var proc = root.At("/proc");
        foreach (var directory in Directory.Exists(proc) ? Directory.EnumerateDirectories(proc) : [])
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                table.Add(directory, id);
        }
        return table;
    }

    /// <summary>The processes that have a socket.</summary>
    public IReadOnlyList<ProcessEntry> OwnersOf(ulong inode) => _owners.GetValueOrDefault(inode) ?? [];

    /// <summary>Instances of inotify that the processes of a user have, which together have a limit.</summary>
    public int InotifyInstancesOf(uint user) => _inotify.GetValueOrDefault(user);

    private void Add(string directory, int id)
    {
        try
        {
            if (FileStatus.Of(directory) is not { } status)
                return;
            var process = new ProcessEntry(id, File.ReadAllText(Path.Combine(directory, "comm")).Trim(), status.Owner);
            foreach (var target in Directory.EnumerateFileSystemEntries(Path.Combine(directory, "fd")).Select(file => new FileInfo(file).LinkTarget))
                Note(process, target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's, or gone.
        }
    }

    private void Note(ProcessEntry process, string? target)
    {
        if (target == InotifyLink)
            _inotify[process.User] = _inotify.GetValueOrDefault(process.User) + 1;
        if (target is null || !target.StartsWith(SocketLink, StringComparison.Ordinal) || !ulong.TryParse(target.AsSpan(SocketLink.Length).TrimEnd(']'), out var inode))
            return;
        if (!_owners.TryGetValue(inode, out var owners))
            _owners[inode] = owners = [];
        owners.Add(process);
    }
}

using Agent.Adoption;
using Agent.Common;
using Agent.Common.Processes;
using Agent.Configuration;
using Agent.Diagnosis.Accounts;
using Agent.Diagnosis.Asking;
using Agent.Diagnosis.Kernel;
using Agent.Images;

namespace Agent.Diagnosis;

/// <summary>
/// The server that is examined: its configuration, and the places where everything else is found. What many checks need is looked up once, by the
/// first that asks.
/// </summary>
public sealed class Surroundings
{
    private readonly Lazy<Account> _user;
    private readonly Lazy<AccountBook> _accounts;
    private readonly Lazy<UnitFile?> _unit;
    private readonly Lazy<ProcessTable> _processes;
    private readonly Lazy<IReadOnlyList<SocketEntry>> _sockets;
    private readonly Lazy<IReadOnlyList<ImageId>> _images;
    private readonly Lazy<Task<AgentAnswers>> _agent;

    /// <summary>This server.</summary>
    /// <param name="configuration">Its configuration as it was read; null where that was not possible.</param>
    /// <param name="unreadable">Why it was not; null where it was.</param>
    /// <param name="shown">What the configuration is called.</param>
    /// <param name="version">Version of this binary.</param>
    public Surroundings(AgentConfiguration? configuration, ConfigurationException? unreadable, string shown, string version)
    {
        (Configuration, ConfigurationShown, Version) = (configuration, shown, version);
        if (configuration is not null)
            (Options, Errors) = configuration.Review();
        else
            Errors = unreadable?.Errors ?? [];
        _accounts = new(() => AccountBook.Read(Root));
        _unit = new(() => UnitFile.Find(Root));
        _user = new(FindUser);
        _processes = new(() => ProcessTable.Read(Root));
        _sockets = new(() => SocketTable.Read(Root));
        _images = new(() => [.. new ImageDirectory(Options!.Repository.Images).List().Images.Order()]);
        _agent = new(() => AgentProbe.AskAsync(this));
    }

    /// <summary>The configuration as it was read; null where that was not possible.</summary>
    public AgentConfiguration? Configuration { get; }

    /// <summary>What came of it, errors or not; null where it could not be read.</summary>
    public AgentOptions? Options { get; }

    /// <summary>What is wrong in it.</summary>
    public IReadOnlyList<ConfigurationError> Errors { get; }

    /// <summary>What the configuration is called in messages.</summary>
    public string ConfigurationShown { get; }

    /// <summary>The file of the configuration; null where it is defaults alone.</summary>
    public string? ConfigurationFile { get; init; }

    /// <summary>Version of this binary.</summary>
    public string Version { get; }

    /// <summary>Where the files of the system are. Paths of the configuration are taken as they are.</summary>
    public ServerRoot Root { get; init; } = new("/");

    /// <summary>Clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Number of the user who examines.</summary>
    internal uint Examiner { get; init; } = AsUser.Current;

    /// <summary>The network interfaces.</summary>
    internal Func<IReadOnlyList<NetworkCard>> Cards { get; init; } = NetworkCard.All;

    /// <summary>What the kernel says of its clock.</summary>
    internal Func<ClockState> Clock { get; init; } = ClockState.Now;

    /// <summary>Room of the file system of a path.</summary>
    internal Func<string, FileSystemRoom> RoomOf { get; init; } = FileSystemRoom.Of;

    /// <summary>Where a program is.</summary>
    internal Func<string, string?> FindProgram { get; init; } = Executable.Find;

    /// <summary>Users and groups.</summary>
    internal AccountBook Accounts => _accounts.Value;

    /// <summary>The installed service; null where there is none.</summary>
    internal UnitFile? Unit => _unit.Value;

    /// <summary>Whom the agent runs as: the user of the installed service where root examines, else whoever examines.</summary>
    internal Account User => _user.Value;

    /// <summary>The processes.</summary>
    internal ProcessTable Processes => _processes.Value;

    /// <summary>The sockets.</summary>
    internal IReadOnlyList<SocketEntry> Sockets => _sockets.Value;

    /// <summary>The images.</summary>
    internal IReadOnlyList<ImageId> Images => _images.Value;

    /// <summary>What a running agent answers.</summary>
    internal Task<AgentAnswers> Agent => _agent.Value;

    /// <summary>Number of the process that has a socket and is the agent; null where none is seen.</summary>
    internal int? AgentProcess => Options is { } options
        ? Sockets.Where(socket => socket.IsListening && socket.IsTcp && Endpoints.Collide(socket.Local, options.Server.Listen))
            .SelectMany(socket => Processes.OwnersOf(socket.Inode)).FirstOrDefault(process => process.IsAgent)?.Id
        : null;

    /// <summary>What has to be typed to name this configuration to a command.</summary>
    internal string ConfigOption => ConfigurationFile is null ? "" : $" --config {ShellWord.Of(ConfigurationFile)}";

    /// <summary>What the first group of the agent's user is called.</summary>
    internal string GroupOfUser => Accounts.GroupName(User.Group);

    /// <summary>Owner, group and mode, for people.</summary>
    internal string Shown(FileStatus status) =>
        $"{Accounts.NameOf(status.Owner)}:{Accounts.GroupName(status.Group)}, mode {Convert.ToString(status.Permissions, 8)}";

    /// <summary>The same of a path.</summary>
    internal string ShownOf(string path) => FileStatus.Of(path) is { } status ? Shown(status) : "not there";

    private Account FindUser()
    {
        if (Examiner == 0 && Unit?.User is { } name && Accounts.Find(name, Unit.Group) is { } service)
            return service;
        return Accounts.OfNumber(Examiner);
    }
}

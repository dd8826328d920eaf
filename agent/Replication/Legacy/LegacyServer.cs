using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Agent.Common.Processes;
using Agent.Images;

namespace Agent.Replication.Legacy;

/// <summary>What a legacy server has, asked by ssh: its images, the facts about them, their bytes.</summary>
/// <param name="children">Starts <c>ssh</c>.</param>
/// <param name="target">The server.</param>
public sealed class LegacyServer(ChildProcesses children, SshTarget target)
{
    private const int LongestAnswer = 64 * 1024;
    private const int LongestRepoinfo = 16 * 1024 * 1024;

    /// <summary>What needs no reading of an image takes no longer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The slowest disk that is waited for, in bytes a second.</summary>
    private const long SlowestDisk = 1024 * 1024;

    /// <summary>Which server it is.</summary>
    public SshTarget Target => target;

    /// <summary>The image that a name with or without OU and extension means there. Never guesses.</summary>
    /// <exception cref="LegacyRefusalException">There is none, or more than one, or it is a directory image.</exception>
    /// <exception cref="SshException">The server cannot be asked.</exception>
    public async Task<ImageId> FindAsync(string name, CancellationToken cancellation)
    {
        if (!ImageId.TryParseDirectory(name, out _))
            throw new LegacyRefusalException($"\"{name}\" is no name of an image: give NAME, NAME.img or OU/NAME.img.");
        var answer = await AskAsync(LegacyScripts.Find, [name], LongestAnswer, cancellation);
        List<string> paths = [.. Encoding.UTF8.GetString(answer).Split('\0', StringSplitOptions.RemoveEmptyEntries).Distinct()];
        return Only(name, paths.Contains(name) ? [name] : paths);
    }

    /// <summary>What is there of an image.</summary>
    /// <exception cref="LegacyRefusalException">There is no such image.</exception>
    /// <exception cref="SshException">The server cannot be asked.</exception>
    public async Task<LegacyImage> DescribeAsync(ImageId id, CancellationToken cancellation) =>
        await TryDescribeAsync(id, cancellation) ?? throw Missing(id.RelativePath);

    /// <summary>What is there of an image that is not locked.</summary>
    /// <inheritdoc cref="DescribeAsync" path="/exception"/>
    public async Task<LegacyImage> ReadyAsync(ImageId id, CancellationToken cancellation) =>
        await DescribeAsync(id, cancellation) is { IsLocked: false } image ? image : throw Locked(id);

    /// <summary>As <see cref="DescribeAsync"/>; null where there is no such image.</summary>
    public async Task<LegacyImage?> TryDescribeAsync(ImageId id, CancellationToken cancellation)
    {
        var (code, answer) = await AskAsync(LegacyScripts.Describe, [id.RelativePath], LongestAnswer, Patience, [LegacyScripts.NoImage, LegacyScripts.NoDirectory], cancellation);
        RefuseNoDirectory(code);
        return code == 0 ? LegacyImage.Parse(id, Encoding.UTF8.GetString(answer)) : null;
    }

    /// <summary>
    /// The facts about an image: those of its <c>.info</c>, else those of that server's <c>repoinfo.json</c>, which is what its REST service tells too.
    /// Unlike that, ssh needs no key of the service and no certificate, and nobody can change what comes on its way.
    /// </summary>
    public async Task<ImageFacts> FactsAsync(LegacyImage image, CancellationToken cancellation)
    {
        if (image.Info is { } facts)
            return facts;
        string[] arguments = [target.Options.Repoinfo, LongestRepoinfo.ToString(CultureInfo.InvariantCulture)];
        var (code, content) = await RunAsync(LegacyScripts.Read, arguments, LongestRepoinfo, Patience, [LegacyScripts.NoImage], cancellation);
        try
        {
            return code == 0 && Repoinfo.Read(content).FirstOrDefault(entry => entry.Id == image.Id) is { } entry ? entry.Facts : ImageFacts.None;
        }
        catch (JsonException)
        {
            return ImageFacts.None;
        }
    }

    /// <summary>MD5 of a file in the image directory, computed there.</summary>
    /// <param name="path">Its path in the image directory.</param>
    /// <param name="length">Its size: the larger, the longer is waited.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<string> DigestAsync(string path, long length, CancellationToken cancellation)
    {
        var limit = Patience + TimeSpan.FromSeconds(length / SlowestDisk);
        var (code, answer) = await AskAsync(LegacyScripts.Digest, [path], LongestAnswer, limit, [LegacyScripts.NoImage, LegacyScripts.NoDirectory], cancellation);
        if (code != 0)
            throw Missing(path);
        return LegacyImage.Digest(Encoding.UTF8.GetString(answer))
            ?? throw new SshException(SshFault.CommandFailed, $"md5sum at {target} answered what is no MD5");
    }

    /// <summary>What stands in the lock of an image; nothing where there is none.</summary>
    public async Task<string> LockTextAsync(ImageId id, CancellationToken cancellation) =>
        Encoding.UTF8.GetString(await AskAsync(LegacyScripts.LockText, [id.RelativePath], LongestAnswer, cancellation)).TrimEnd('\n');

    /// <summary>Begins to read an image from a byte on.</summary>
    /// <exception cref="SshException">The server cannot be asked.</exception>
    public Task<SshSession> OpenAsync(ImageId id, long offset, CancellationToken cancellation) =>
        StartAsync(LegacyScripts.Tail, [id.RelativePath, (offset + 1).ToString(CultureInfo.InvariantCulture)], cancellation);

    /// <summary>Starts a script in the image directory.</summary>
    internal Task<SshSession> StartAsync(string script, IReadOnlyList<string> arguments, CancellationToken cancellation) =>
        SshSession.StartAsync(children, target, script, [target.Options.Images, .. arguments], cancellation);

    /// <summary>Runs a script in the image directory, and reads all that it answers.</summary>
    internal Task<(int Code, byte[] Answer)> AskAsync(
        string script, IReadOnlyList<string> arguments, int longest, TimeSpan limit, int[] expected, CancellationToken cancellation) =>
        RunAsync(script, [target.Options.Images, .. arguments], longest, limit, expected, cancellation);

    /// <summary>The answer to a question that can only be answered, or fail.</summary>
    private async Task<byte[]> AskAsync(string script, IReadOnlyList<string> arguments, int longest, CancellationToken cancellation)
    {
        var (code, answer) = await AskAsync(script, arguments, longest, Patience, [LegacyScripts.NoDirectory], cancellation);
        RefuseNoDirectory(code);
        return answer;
    }

    private async Task<(int Code, byte[] Answer)> RunAsync(
        string script, IReadOnlyList<string> arguments, int longest, TimeSpan limit, int[] expected, CancellationToken cancellation)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        time.CancelAfter(limit);
        try
        {
            await using var session = await SshSession.StartAsync(children, target, script, arguments, time.Token);
            var answer = await ReadAsync(session, longest);
            return (await session.EndAsync(expected), answer);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new SshException(SshFault.TimedOut, $"{target} did not do what it was asked within {limit.TotalSeconds:F0} s");
        }
    }

    private async Task<byte[]> ReadAsync(SshSession session, int longest)
    {
        using var answer = new MemoryStream();
        var buffer = ArrayPool<byte>.Shared.Rent(LongestAnswer);
        try
        {
            while (await session.ReadAsync(buffer) is > 0 and var read)
            {
                if (answer.Length + read > longest)
                    throw new SshException(SshFault.CommandFailed, $"{target} answered more than {longest} bytes");
                answer.Write(buffer, 0, read);
            }
            return answer.ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private ImageId Only(string name, List<string> paths)
    {
        var images = paths.Select(path => ImageId.TryParse(path, out var id) ? id : null).OfType<ImageId>().ToList();
        var directories = paths.Where(path => path.EndsWith('/')).ToList();
        if (images.Count + directories.Count > 1)
            throw new LegacyRefusalException($"\"{name}\" may be any of {string.Join(", ", paths.Select(path => $"\"{path}\""))} at {target}: give extension and OU.") { Reason = LegacyRefusal.Missing };
        if (directories.Count == 1)
            throw new LegacyRefusalException($"\"{name}\" is a directory image at {target}, and only images that are files are brought over.");
        return images.Count == 1 ? images[0] : throw Missing(name);
    }

    private void RefuseNoDirectory(int code)
    {
        if (code == LegacyScripts.NoDirectory)
            throw new LegacyRefusalException($"{target} has no image directory {target.Options.Images}, or its user may not enter it: see images in [ssh] of the configuration.");
    }

    /// <summary>The refusal of an image that is locked there.</summary>
    internal LegacyRefusalException Locked(ImageId id) =>
        new($"\"{id}\" is locked at {target}: somebody writes or uses it there ({id}.lock stands beside it).") { Reason = LegacyRefusal.Locked };

    private LegacyRefusalException Missing(string name) => new($"There is no image \"{name}\" in {target.Options.Images} of {target}.") { Reason = LegacyRefusal.Missing };
}

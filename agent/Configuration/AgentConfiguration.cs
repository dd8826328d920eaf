using Agent.Common;
using Agent.Configuration.Toml;

namespace Agent.Configuration;

/// <summary>
/// The configuration on its way from file and command line to <see cref="AgentOptions"/>: read, overridden, checked. Errors are
/// collected on the way and told all at once at the end.
/// </summary>
public sealed class AgentConfiguration
{
    /// <summary>Longest configuration file in bytes; a longer one is something else.</summary>
    public const int MaximumLength = 1 << 20;

    private readonly AgentOptions _options;
    private readonly ConfigurationErrors _errors;
    private readonly Dictionary<string, object?> _values;

    private AgentConfiguration(AgentOptions options, ConfigurationErrors errors, Dictionary<string, object?> values) =>
        (_options, _errors, _values) = (options, errors, values);

    /// <summary>What holds without a file; the image directory must still be given by <see cref="With"/>.</summary>
    public static AgentConfiguration Defaults { get; } = Parse([], "no configuration file");

    /// <summary>What holds for each key by its name, such as <c>server.listen</c> or <c>remote[1].url</c>, the command line included.</summary>
    public IReadOnlyDictionary<string, object?> Values => _values;

    /// <summary>Reads <c>agent.toml</c>. Wrong values and unknown keys are told by <see cref="Check"/>.</summary>
    /// <exception cref="ConfigurationException">The file cannot be read or is not TOML.</exception>
    public static AgentConfiguration Read(string path) => Parse(Content(path), path);

    /// <summary>Takes the content of an <c>agent.toml</c>; <paramref name="source"/> stands for it in messages.</summary>
    /// <exception cref="ConfigurationException">It is not TOML.</exception>
    public static AgentConfiguration Parse(ReadOnlySpan<byte> utf8, string source)
    {
        var errors = new ConfigurationErrors(source);
        try
        {
            var root = new OptionSection("", TomlReader.Read(utf8), errors);
            var options = AgentOptions.Bind(root);
            root.RefuseUnknown();
            return new AgentConfiguration(options, errors, root.Values.ToDictionary());
        }
        catch (TomlException e)
        {
            errors.Add(e.Position, "", e.Problem);
            errors.ThrowIfAny();
            throw;
        }
    }

    /// <summary>
    /// Puts values of the command line over those of the file. Paths may be relative to the working directory here.
    /// </summary>
    /// <param name="images">Value of <c>--images</c>, or null.</param>
    /// <param name="listen">Value of <c>--listen</c>, or null.</param>
    /// <param name="state">Value of <c>--state</c>, or null.</param>
    public AgentConfiguration With(string? images = null, string? listen = null, string? state = null)
    {
        var errors = _errors.Copy();
        var repository = _options.Repository;
        var server = _options.Server;
        var values = new Dictionary<string, object?>(_values);
        if (OverridingPath(images, "--images", "repository.images", errors) is { } imageDirectory)
        {
            repository = repository with { Images = imageDirectory };
            values["repository.images"] = imageDirectory;
        }
        if (OverridingPath(state, "--state", "repository.state", errors) is { } stateDirectory)
        {
            repository = repository with { State = stateDirectory };
            values["repository.state"] = stateDirectory;
        }
        if (listen is not null)
        {
            errors.Locate("server.listen", "--listen");
            if (OptionValues.TryEndpoint(listen, out var endpoint))
            {
                server = server with { Listen = endpoint };
                values["server.listen"] = endpoint;
            }
            else
                errors.Add("server.listen", $"{TomlText.Quote(listen)} is not {Endpoints.Expected}");
        }
        return new AgentConfiguration(_options with { Repository = repository, Server = server }, errors, values);
    }

    /// <summary>Looks at what the options mean on this machine, and gives them where all is well.</summary>
    /// <exception cref="ConfigurationException">Something is wrong; all of it is told.</exception>
    public AgentOptions Check()
    {
        var (options, errors) = Review();
        return errors.Count == 0 ? options : throw new ConfigurationException(errors);
    }

    /// <summary>
    /// The same for those who go on in spite of errors: where a value was refused, its default stands in the options, and what does not fit this
    /// machine stands there as it was given.
    /// </summary>
    public (AgentOptions Options, IReadOnlyList<ConfigurationError> Errors) Review()
    {
        var errors = _errors.Copy();
        var options = OpenGnsysConfig.Apply(_options, errors);
        RepositoryCheck.Check(options.Repository, errors);
        TrashCheck.Check(options.Trash, errors);
        ListenCheck.Check(options, errors);
        KeyCheck.Check(options, errors);
        RemoteCheck.Check(options.Remotes, errors);
        ScrapeCheck.Check(options.Scrapes, errors);
        PlaceOptions.Check(options.Places, errors);
        return (options, errors.InOrder);
    }

    private static string? OverridingPath(string? value, string option, string key, ConfigurationErrors errors)
    {
        if (value is null)
            return null;
        errors.Locate(key, option);
        if (value.Length > 0 && OptionValues.TryPath(Path.Combine(Environment.CurrentDirectory, value), out var path))
            return path;
        errors.Add(key, $"{TomlText.Quote(value)} is not a path");
        return null;
    }

    private static byte[] Content(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var buffer = new byte[MaximumLength + 1];
            var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return length <= MaximumLength ? buffer[..length] : throw new IOException($"it is longer than {Sizes.Format(MaximumLength)}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([new ConfigurationError(path, "", $"cannot be read: {e.Message}")]);
        }
    }
}

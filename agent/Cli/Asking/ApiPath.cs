namespace Agent.Cli.Asking;

/// <summary>
/// Paths of the API. Names become parts of a path only here: <c>..</c> would be taken for a step upwards on its way, and turn the deletion
/// of one entry into that of all.
/// </summary>
internal static class ApiPath
{
    /// <summary>The path of a route.</summary>
    public static string Of(string route) => $"ogrepository/v1/{route}";

    /// <summary>The path of something that has an id.</summary>
    /// <exception cref="CommandException">No id can be like that.</exception>
    public static string Of(string route, string id) =>
        IsPlain(id) ? $"{Of(route)}/{Uri.EscapeDataString(id)}" : throw new CommandException($"\"{id}\" is not an id.", ExitCode.Usage);

    /// <summary>The path of an image, <c>NAME</c> or <c>OU/NAME</c>, below a route.</summary>
    /// <exception cref="CommandException">No image can be called like that.</exception>
    public static string OfImage(string route, string name)
    {
        var parts = name.Split('/');
        return parts.Length <= 2 && parts.All(IsPlain)
            ? $"{Of(route)}/{string.Join('/', parts.Select(Uri.EscapeDataString))}"
            : throw new CommandException($"\"{name}\" is not the name of an image: give NAME or OU/NAME.", ExitCode.Usage);
    }

    private static bool IsPlain(string part) => part is not ("" or "." or "..");
}

using Agent.Common;
using Agent.Configuration.Toml;

namespace Agent.Configuration;

/// <summary>Checks <c>[trash]</c> against the file system.</summary>
internal static class TrashCheck
{
    public static void Check(TrashOptions options, ConfigurationErrors errors)
    {
        if (options.DeleteMarks is { } marks && FileStatus.Of(marks) is not { IsDirectory: true })
            errors.Add("trash.delete_marks", $"{TomlText.Quote(marks)} is not a directory; make it or correct the path");
    }
}

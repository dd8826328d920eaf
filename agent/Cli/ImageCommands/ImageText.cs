using System.CommandLine;
using Agent.Api;

namespace Agent.Cli.ImageCommands;

/// <summary>What several commands say of images.</summary>
internal static class ImageText
{
    /// <summary>The argument that names an image.</summary>
    public static Argument<string> CreateArgument() =>
        new("IMAGE") { Description = "The image, as \"images\" lists it; extension and OU may be left out where that is clear." };

    /// <summary>Cloning and compressing program.</summary>
    public static string MadeWith(ImageResponse image) =>
        string.Join(' ', new[] { image.Clonator, image.Compressor }.Where(part => part.Length > 0));

    /// <summary>Its state in a word or two.</summary>
    public static string State(ImageResponse image) => image switch
    {
        { Locked: true } => "locked",
        { Size: null } => "directory",
        { FullSum: null } => "indexing",
        { InfoHash: null } => "no torrent",
        _ => "ready",
    };
}

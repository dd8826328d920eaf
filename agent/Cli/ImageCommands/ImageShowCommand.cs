using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;
using Agent.Common;

namespace Agent.Cli.ImageCommands;

/// <summary><c>ogrepo-agent images show</c>: all that is known of one image.</summary>
internal static class ImageShowCommand
{
    public static Command Create(AgentClient client)
    {
        var image = ImageText.CreateArgument();
        var command = new ExplainedCommand(
            "show", "Shows all that is known of one image.", "images show Windows10", "images show aula1/Exam.img --json", "images show -- -odd-.img")
        {
            image,
        };
        client.Handle(command, async (parsed, session, cancellation) =>
        {
            var answer = await session.Agent.GetAsync(ApiPath.OfImage("images", parsed.GetRequiredValue(image)), cancellation);
            return session.Print(answer, ApiJson.Readable.ImageResponse, Print);
        });
        return command;
    }

    private static void Print(ImageResponse image)
    {
        var facts = new OutputFacts();
        facts.Add("Image", image.Path);
        facts.Add("State", ImageText.State(image));
        facts.Add("Scope", image.Scope);
        facts.Add("Size", image.Size is { } size ? SizeOf(size) : null);
        facts.Add("Data", image.DataSize > 0 ? SizeOf(image.DataSize) : null);
        facts.Add("File system", image.FileSystem);
        facts.Add("Made with", ImageText.MadeWith(image));
        facts.Add("Taken from", image.ClientName);
        facts.Add("Modified", $"{image.Modified}, permissions {image.Mode}");
        facts.Add("Backup", image.BackupSize is { } backup ? SizeOf(backup) : null);
        facts.Add("Tail MD5", image.Sum);
        facts.Add("Full MD5", image.FullSum);
        facts.Add("SHA-256", image.Sha256);
        facts.Add("Info-hash", image.InfoHash);
        facts.Print();
    }

    private static string SizeOf(long bytes) => bytes < 1024 ? Sizes.Rounded(bytes) : $"{Sizes.Rounded(bytes)} ({bytes} B)";
}

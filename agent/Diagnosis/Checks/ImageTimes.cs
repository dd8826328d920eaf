using Agent.Common;

namespace Agent.Diagnosis.Checks;

/// <summary>Whether images were changed in the future: a clock was wrong when they were written, or is now.</summary>
internal sealed class ImageTimes : ICheck
{
    private const int MostShown = 3;

    /// <summary>Clocks of file servers may be a little ahead.</summary>
    private static readonly TimeSpan Tolerable = TimeSpan.FromMinutes(1);

    public string Name => "times";

    public Task RunAsync(Surroundings surroundings, Findings findings, CancellationToken cancellation)
    {
        var limit = surroundings.Time.GetUtcNow() + Tolerable;
        var root = surroundings.Options!.Repository.Images;
        if (FileStatus.Of(root) is not { IsDirectory: true })
            return Task.CompletedTask;
        var late = surroundings.Images.Select(image => Path.Combine(root, image.RelativePath))
            .Where(path => FileStatus.Of(path) is { } status && status.Stamp.ModifiedNanoseconds / 1_000_000 > limit.ToUnixTimeMilliseconds()).ToList();
        if (late.Count == 0)
        {
            findings.Ok("no image is from the future");
            return Task.CompletedTask;
        }
        var shown = string.Join(", ", late.Take(MostShown).Select(path => $"{path} ({FileStatus.Of(path)?.Stamp.Modified:yyyy-MM-dd HH:mm} UTC)"));
        findings.Warn(
            $"changed in the future: {shown}{(late.Count > MostShown ? $" and {late.Count - MostShown} more" : "")}",
            $"Look at the clocks here and where the images are made (date), then: touch -c {string.Join(' ', late.Take(MostShown).Select(ShellWord.Of))}{(late.Count > MostShown ? " …" : "")}");
        return Task.CompletedTask;
    }
}

namespace Agent.Configuration;

/// <summary><c>[trash]</c>: what becomes of deleted images. Where they are is <see cref="RepositoryOptions.Trash"/>.</summary>
public sealed record TrashOptions
{
    /// <summary>Deleted images are erased after this time.</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Where OpenGnsys' web console puts its marks of images to be deleted; null where there are none.</summary>
    public string? DeleteMarks { get; init; }

    internal static TrashOptions Bind(OptionSection section) => new()
    {
        Keep = section.Duration("keep", new TrashOptions().Keep, TimeSpan.FromMinutes(1), TimeSpan.FromDays(3650)),
        DeleteMarks = section.Path("delete_marks", null),
    };
}

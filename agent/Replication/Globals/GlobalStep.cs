namespace Agent.Replication.Globals;

/// <summary>What is to be done about a global image and one other repository.</summary>
public enum GlobalStep
{
    /// <summary>Nothing: both have the same content.</summary>
    Nothing,

    /// <summary>It is not there: it is copied.</summary>
    Copy,

    /// <summary>There is what both had before, and only here it has changed: the new content replaces the old, which becomes its backup.</summary>
    Replace,

    /// <summary>Here is what both had before, and only there it has changed: that side brings it.</summary>
    Wait,

    /// <summary>Both have contents of their own: somebody has to decide, and nothing is overwritten.</summary>
    Conflict,
}

/// <summary>Decides as a merge of three does: by the content here, there, and the last one that both had.</summary>
public static class GlobalDecision
{
    /// <summary>Decides.</summary>
    /// <param name="here">Info-hash of the content here.</param>
    /// <param name="there">That of the content there; null where there is none.</param>
    /// <param name="common">That of the last content that both had; null where they never had one.</param>
    public static GlobalStep Of(string here, string? there, string? common)
    {
        if (there is null)
            return GlobalStep.Copy;
        if (there == here)
            return GlobalStep.Nothing;
        if (there == common)
            return GlobalStep.Replace;
        return here == common ? GlobalStep.Wait : GlobalStep.Conflict;
    }
}

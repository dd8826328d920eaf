using System.Globalization;

namespace Agent.Common.Processes;

/// <summary>Says which installation and which run of it a child belongs to.</summary>
/// <param name="Owner">The installation.</param>
/// <param name="Process">Process number of the agent that started the child.</param>
/// <param name="StartTime">When that process was started, in the kernel's own ticks, since numbers are used again.</param>
internal readonly record struct ChildMark(string Owner, int Process, ulong StartTime)
{
    /// <summary>True while the agent that left this mark is alive.</summary>
    public bool IsParentAlive => StartTimeOf(Process) == StartTime;

    public override string ToString() => $"{Owner}:{Process}:{StartTime}";

    /// <summary>Reads what <see cref="ToString"/> wrote; null for anything else.</summary>
    public static ChildMark? Parse(string text) =>
        text.Split(':') is [var owner, var process, var start]
        && int.TryParse(process, CultureInfo.InvariantCulture, out var number)
        && ulong.TryParse(start, CultureInfo.InvariantCulture, out var time)
            ? new ChildMark(owner, number, time)
            : null;

    /// <summary>Field 22 of <c>/proc/PID/stat</c>; null where there is no such process.</summary>
    public static ulong? StartTimeOf(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            // The name, field 2, may hold blanks and brackets itself.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return ulong.Parse(fields[22 - 3], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

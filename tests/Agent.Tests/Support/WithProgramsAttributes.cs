namespace Agent.Tests.Support;

/// <summary>
/// A test that runs other programs. Where one is missing the test fails under CI=true, and says elsewhere why it did not run.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FactWithProgramsAttribute : FactAttribute
{
    public FactWithProgramsAttribute(params string[] programs) => Skip = Programs.WhyNotRun(programs);
}

/// <summary>As <see cref="FactWithProgramsAttribute"/>, for theories.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TheoryWithProgramsAttribute : TheoryAttribute
{
    public TheoryWithProgramsAttribute(params string[] programs) => Skip = Programs.WhyNotRun(programs);
}

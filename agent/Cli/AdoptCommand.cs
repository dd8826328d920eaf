using System.CommandLine;
using Agent.Adoption;
using Agent.Cli.Showing;
using Agent.Configuration;

namespace Agent.Cli;

/// <summary><c>ogrepo-agent adopt</c>: takes over an installed OpenGnsys.</summary>
internal static class AdoptCommand
{
    private static readonly Option<bool> Yes = new("--yes") { Description = "Do it. Without, nothing is changed." };

    private static readonly Option<string> Root = new("--root")
    {
        Description = "Directory that stands for the root of the server.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "/",
    };

    private static readonly Option<string> Config = new("--config", "-c")
    {
        Description = "The agent's configuration on the server.",
        HelpName = "FILE",
        DefaultValueFactory = _ => ServeCommand.DefaultConfiguration,
    };

    public static Command Create()
    {
        var command = new ExplainedCommand(
            "adopt",
            "Shows what the agent would take over from an OpenGnsys that is installed here, and does it with --yes: its images and catalogue by the agent's configuration, and its cron jobs, which are put aside.",
            "adopt", "adopt --yes") { Yes, Root, Config };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        try
        {
            var root = new ServerRoot(Path.GetFullPath(parsed.GetRequiredValue(Root)));
            if (Installation.Find(root) is not { } found)
            {
                Output.Tell($"There is no OpenGnsys in {root.At(Installation.Base)}: its images directory, and ogAdmRepo.cfg or repoinfo.json, are not there.");
                return ExitCode.No;
            }
            Show(found);
            var plan = AdoptionPlan.Of(root, found, parsed.GetRequiredValue(Config));
            return parsed.GetValue(Yes) ? Apply(plan) : Show(plan);
        }
        catch (ConfigurationException e)
        {
            Output.Tell(e.Message);
            return ExitCode.Usage;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Output.Tell($"{e.Message} What was told as done before is done; the same command goes on with the rest.");
            return ExitCode.No;
        }
    }

    private static void Show(Installation found)
    {
        var facts = new OutputFacts();
        facts.Add("Images", $"{found.Images}: {found.Found}");
        facts.Add("Catalogue", found.Listed is { } listed ? $"{Installation.Repoinfo}: {listed} images" : $"{Installation.Repoinfo}: none that can be read");
        facts.Add("Address", found.Address);
        facts.Add("API key", found.HasToken ? "that of OpenGnsys (ApiToken)" : "a new one");
        facts.Print();
    }

    private static int Show(AdoptionPlan plan)
    {
        foreach (var (index, step) in plan.Steps.Index())
            Output.Line($"{index + 1}. {step.Description}");
        Output.Line(plan.Steps.Count == 0 ? "Everything is taken over." : "Nothing was changed. To do all of this: ogrepo-agent adopt --yes");
        Remark(plan);
        return ExitCode.Done;
    }

    private static int Apply(AdoptionPlan plan)
    {
        foreach (var step in plan.Steps)
        {
            step.Apply();
            Output.Line($"Done: {step.Description}{(step.Undo is null ? "" : $" (back: {step.Undo})")}");
        }
        Output.Line(plan.Steps.Count == 0 ? "Everything was taken over before." : "All is taken over. To start: systemctl enable --now ogrepo-agent");
        Remark(plan);
        return ExitCode.Done;
    }

    private static void Remark(AdoptionPlan plan)
    {
        foreach (var remark in plan.Remarks)
            Output.Line($"Note: {remark}");
    }
}

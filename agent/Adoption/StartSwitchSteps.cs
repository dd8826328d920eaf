using System.Text.RegularExpressions;

namespace Agent.Adoption;

/// <summary>Keeps OpenGnsys from starting tracker and seeder of its own at boot: they would hold the ports of the agent's.</summary>
internal static partial class StartSwitchSteps
{
    private const string Defaults = "/etc/default/opengnsys";

    public static IEnumerable<AdoptionStep> Of(ServerRoot root, List<string> remarks)
    {
        var file = root.At(Defaults);
        if (!File.Exists(file))
            return [];
        var text = File.ReadAllText(file);
        var switches = Switch().Matches(text).Select(match => match.Groups[1].Value).Distinct().ToList();
        if (switches.Count == 0)
            return [];
        remarks.Add("A tracker or seeder of OpenGnsys that runs now goes on until: systemctl restart opengnsys (or the server starts anew).");
        return
        [
            new AdoptionStep(
                $"start at boot: {string.Join(", ", switches)} become \"no\" in {Defaults}",
                $"set {string.Join(", ", switches)} to \"yes\" in {Defaults}",
                () => ServerRoot.Replace(file, Switch().Replace(text, "$1=\"no\""))),
        ];
    }

    [GeneratedRegex(@"^(RUN_BTTRACKER|RUN_BTSEEDER|RUN_CHECKSUMTRACKER)=""?yes""?", RegexOptions.Multiline)]
    private static partial Regex Switch();
}

using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Packaging;

/// <summary>What is made from the table of commands, read by the programs that it is for.</summary>
public sealed class DocumentTests
{
    [FactWith("groff")]
    public async Task The_manual_page_is_clean_and_has_every_command_and_option()
    {
        using var files = new TemporaryDirectory();
        var page = files.Write("ogrepo-agent.1", await GeneratedAsync("man"));

        var read = await ExternalProgram.TryAsync("groff", ["-man", "-Tutf8", "-ww", "-rLL=200n", page], ("GROFF_NO_SGR", "1"), ("LC_ALL", "C.UTF-8"));

        Assert.Equal("", read.Errors);
        var text = (await ExternalProgram.ShellAsync($"groff -man -Tutf8 -rLL=200n '{page}' | sed 's/.\\x08//g; s/\\x1b\\[[0-9;]*m//g'")).Output.Replace('‐', '-').Replace('−', '-');
        foreach (var line in (string[])["ogrepo-agent images show IMAGE", "ogrepo-agent send udpcast IMAGE", "ogrepo-agent serve", "--config FILE, -c FILE", "--key-file FILE", "ogrepo-agent adopt"])
            Assert.Contains(line, text);
        Assert.DoesNotContain("generate", text);
    }

    [Theory]
    [InlineData("im", "images import")]
    [InlineData("images ", "delete global list local refresh restore show")]
    [InlineData("images show --j", "--json")]
    [InlineData("--url http://localhost images sh", "show")]
    [InlineData("serve --im", "--images")]
    [InlineData("serve --config DIRECTORY/age", "DIRECTORY/agent.toml")]
    public async Task Bash_completes(string line, string expected)
    {
        using var files = new TemporaryDirectory();
        files.Write("agent.toml", "");
        var script = files.Write("completion", await GeneratedAsync("bash"));
        var typed = line.Replace("DIRECTORY", files.Root);

        // The words as bash gives them; "compopt" works only while somebody really types, and then hands over to bash's own names of files.
        var found = await ExternalProgram.ShellAsync(
            $$"""
            compopt() { COMPREPLY=($(compgen -f -- "$current")); }
            source '{{script}}'
            line='ogrepo-agent {{typed}}'
            read -ra COMP_WORDS <<<"$line"
            [[ $line != *' ' ]] || COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _ogrepo_agent
            printf '%s\n' "${COMPREPLY[@]}" | sort | paste -sd' '
            """);

        Assert.Equal(expected.Replace("DIRECTORY", files.Root), found.Output.Trim());
    }

    [FactWith("zsh")]
    public async Task Zsh_completes()
    {
        using var files = new TemporaryDirectory();
        files.Write("_ogrepo-agent", await GeneratedAsync("zsh"));
        var terminal = files.Write("terminal.zsh",
            """
            # Types into a shell of its own, and prints what it shows.
            zmodload zsh/zpty
            zpty shell "TERM=dumb zsh -f -i"
            zpty -w shell "PS1=; stty cols 200 rows 50; fpath=($1 \$fpath); autoload -U compinit; compinit -u -D; zstyle ':completion:*' list-prompt ''; print READY-\$((1+1))"
            until [[ $seen == *READY-2* ]]; do zpty -r shell line; seen+=$line; done
            zpty -w -n shell $'ogrepo-agent images s\t'
            seen=; until [[ $seen == *'images show'* ]]; do zpty -r shell line '*show*' || break; seen+=$line; done
            zpty -w -n shell $'\x15ogrepo-agent im\t\t'
            until [[ $seen == *'another repository'* ]]; do zpty -r shell line '*another repository*' || break; seen+=$line; done
            print -r -- $seen
            zpty -d shell
            """);

        Assert.Equal(0, (await ExternalProgram.TryAsync("zsh", ["-n", files["_ogrepo-agent"]])).ExitCode);
        var shown = await ExternalProgram.TryAsync("zsh", ["-f", terminal, files.Root], TimeSpan.FromSeconds(60));
        Assert.Contains("images show", shown.Output);
        Assert.Contains("Lists the images of a running agent", shown.Output);
    }

    private static async Task<string> GeneratedAsync(string what)
    {
        var made = await AgentCommand.RunAsync("generate", what);
        Assert.True(made.ExitCode == 0, made.Errors);
        return made.Output;
    }
}

using Agent.EndToEnd.Packaging;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Documents;

/// <summary>What the README has people type first.</summary>
public sealed class DemonstrationTests
{
    /// <summary>Its address is always the same, so it runs in a network of its own.</summary>
    [FactOnServer]
    public async Task What_make_run_serves_answers_to_the_commands_that_it_prints()
    {
        using var files = new TemporaryDirectory();

        await ExternalProgram.ShellAsync(
            """
            exec unshare --net --kill-child --fork bash -euo pipefail -c '
              ip link set lo up
              "$0" >"$1/printed" 2>"$1/log" &
              agent=$!
              until curl -fs http://127.0.0.1:8006/healthz >/dev/null; do kill -0 $agent; sleep 0.1; done
              mkdir "$1/here" && cd "$1/here"
              sed -n "/^Try/,/^Ctrl/s/^  //p" "$1/printed" >"$1/commands"
              test "$(wc -l <"$1/commands")" = 4
              while read -r command; do
                for i in {1..600}; do eval "${command/curl /curl -fsS }" >>"$1/answers" && break; sleep 0.1; test $i -lt 600; done
              done <"$1/commands"
              grep -q Ubuntu24 "$1/answers" && test -s Ubuntu24.img.torrent
              kill $agent && wait $agent
            ' "$SCRIPT" "$FILES"
            """,
            ("SCRIPT", SourceTree.Script("run.sh")), ("FILES", files.Root));
    }
}

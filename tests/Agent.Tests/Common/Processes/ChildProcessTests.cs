using System.Collections.Concurrent;
using System.Diagnostics;
using Agent.Common.Processes;

namespace Agent.Tests.Common.Processes;

public sealed class ChildProcessTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly ChildProcesses _children = new($"tests {Guid.NewGuid()}");
    private readonly ConcurrentQueue<string> _lines = [];

    [Fact]
    public async Task Output_and_errors_come_line_by_line_before_the_end()
    {
        var exit = await Shell(@"printf 'one\ntwo\r   \rthree\n\n'; echo four >&2; printf five >&2").Exited.WaitAsync(Limit);

        Assert.Equal(new ChildExit(0, null), exit);
        Assert.Equal(["   ", "five", "four", "one", "three", "two"], _lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Arguments_arrive_as_they_are()
    {
        string[] arguments = ["%s|", "a b", "$HOME", "'\"", "", "*", "new\nline"];

        await _children.Start("printf", arguments, _lines.Enqueue).Exited.WaitAsync(Limit);

        Assert.Equal(["a b|$HOME|'\"||*|new", "line|"], _lines);
    }

    [Fact]
    public async Task Bytes_go_through_a_program_with_pipes_as_they_are()
    {
        var bytes = new byte[3_000_000];
        Random.Shared.NextBytes(bytes);
        var child = _children.StartPiped("sh", ["-c", "echo said >&2; exec cat"], _lines.Enqueue);
        using var answer = new MemoryStream();
        var reading = child.Pipes!.Output.CopyToAsync(answer);

        await child.Pipes.Input.WriteAsync(bytes);
        await child.Pipes.Input.DisposeAsync();
        await reading.WaitAsync(Limit);

        Assert.True((await child.Exited.WaitAsync(Limit)).IsSuccess);
        Assert.Equal(bytes, answer.ToArray());
        Assert.Equal(["said"], _lines);
        await child.Pipes.Output.DisposeAsync();
    }

    [Fact]
    public async Task What_a_program_with_pipes_wrote_can_be_read_after_its_end()
    {
        var child = _children.StartPiped("printf", ["all of it"], _lines.Enqueue);

        await child.Exited.WaitAsync(Limit);

        using var reader = new StreamReader(child.Pipes!.Output);
        Assert.Equal("all of it", await reader.ReadToEndAsync());
        await child.Pipes.Input.DisposeAsync();
    }

    [Fact]
    public async Task The_streams_of_a_program_with_pipes_end_with_it()
    {
        var child = _children.StartPiped("sleep", ["100"], _lines.Enqueue);
        var reading = child.Pipes!.Output.ReadAsync(new byte[1]).AsTask();

        await child.StopAsync(15, Limit);

        Assert.Equal(0, await reading.WaitAsync(Limit));
        await Assert.ThrowsAnyAsync<IOException>(async () => await child.Pipes.Input.WriteAsync(new byte[1]));
    }

    [Fact]
    public async Task A_line_without_end_is_cut()
    {
        await Shell("head -c 10000 /dev/zero | tr '\\0' x").Exited.WaitAsync(Limit);

        Assert.Equal([4096, 4096, 1808], _lines.Select(line => line.Length));
    }

    [Fact]
    public async Task Exit_code_and_signal_are_told_apart()
    {
        Assert.Equal(new ChildExit(7, null), await Shell("exit 7").Exited.WaitAsync(Limit));
        Assert.Equal(new ChildExit(255, null), await Shell("exit 255").Exited.WaitAsync(Limit));
        Assert.Equal(new ChildExit(137, 9), await Shell("kill -9 $$").Exited.WaitAsync(Limit));
    }

    [Fact]
    public async Task Nothing_can_be_read_from_standard_input() =>
        Assert.Equal(new ChildExit(1, null), await Shell("read line").Exited.WaitAsync(Limit));

    [Fact]
    public void A_program_that_is_not_there_is_named()
    {
        var error = Assert.Throws<FileNotFoundException>(() => _children.Start("no-such-program", [], _lines.Enqueue));

        Assert.Contains("no-such-program is not installed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_asks_first()
    {
        var child = await Ready("trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.01; done");

        var exit = await child.StopAsync(15, Limit);

        Assert.Equal(new ChildExit(3, null), exit);
        Assert.Equal("bye", _lines.Last());
    }

    [Fact]
    public async Task Stopping_kills_what_does_not_listen()
    {
        var child = await Ready("trap '' TERM; echo ready; while :; do sleep 0.01; done");

        var exit = await child.StopAsync(15, TimeSpan.FromMilliseconds(50));

        Assert.Equal(new ChildExit(137, 9), exit);
    }

    [Fact]
    public async Task A_grandchild_that_keeps_the_output_open_does_not_hide_the_end()
    {
        var child = Shell("sleep 20 & echo $!");

        var exit = await child.Exited.WaitAsync(TimeSpan.FromSeconds(90));

        Assert.True(exit.IsSuccess);
        using var grandchild = ProcessDescriptor.Open(int.Parse(Assert.Single(_lines)));
        grandchild!.Signal(ProcessDescriptor.Kill);
    }

    [Fact]
    public async Task Children_end_with_the_agent()
    {
        var child = await Ready("echo ready; exec sleep 100");

        await _children.DisposeAsync();

        Assert.Equal(15, (await child.Exited.WaitAsync(Limit)).Signal);
    }

    [Fact]
    public async Task Children_are_killed_when_their_parent_dies_without_a_word()
    {
        // For the kernel the parent is the thread that started the child, so that its end stands for the end of the agent.
        var spawner = new Spawner();
        using var child = spawner.Start(new ProcessStartInfo("setpriv", ["--pdeathsig", "KILL", "--", "sleep", "100"]));
        while (File.ReadAllText($"/proc/{child.Id}/comm") != "sleep\n")
            await Task.Delay(5);

        spawner.Dispose();

        await child.WaitForExitAsync().WaitAsync(Limit);
        Assert.Equal(137, child.ExitCode);
    }

    [Fact]
    public async Task Orphans_of_an_earlier_run_are_found_and_killed_and_nobody_else()
    {
        var owner = Guid.NewGuid().ToString("N")[..16];
        var dead = new ChildMark(owner, int.MaxValue, 1);
        using var orphan = Marked(dead);
        using var stranger = Marked(dead with { Owner = "somebody else" });
        using var child = Marked(new ChildMark(owner, Environment.ProcessId, ChildMark.StartTimeOf(Environment.ProcessId)!.Value));

        var ended = Orphans.End(dead);

        Assert.Equal([$"{orphan.Id} sleep 100"], ended);
        await orphan.WaitForExitAsync().WaitAsync(Limit);
        Assert.False(stranger.HasExited || child.HasExited);
        stranger.Kill();
        child.Kill();
    }

    [Fact]
    public async Task A_child_carries_the_mark_of_its_agent()
    {
        await Shell($"echo \"${ChildProcesses.Marker}\"").Exited.WaitAsync(Limit);

        var mark = ChildMark.Parse(Assert.Single(_lines));
        Assert.Equal(Environment.ProcessId, mark?.Process);
        Assert.True(mark!.Value.IsParentAlive);
    }

    public void Dispose() => _children.DisposeAsync().AsTask().Wait(Limit);

    private ChildProcess Shell(string script) => _children.Start("sh", ["-c", script], _lines.Enqueue);

    private async Task<ChildProcess> Ready(string script)
    {
        var ready = new TaskCompletionSource();
        var child = _children.Start("sh", ["-c", script], line =>
        {
            _lines.Enqueue(line);
            ready.TrySetResult();
        });
        await ready.Task.WaitAsync(Limit);
        return child;
    }

    private static Process Marked(ChildMark mark)
    {
        var info = new ProcessStartInfo("sleep", ["100"]);
        info.Environment[ChildProcesses.Marker] = mark.ToString();
        return Process.Start(info)!;
    }
}

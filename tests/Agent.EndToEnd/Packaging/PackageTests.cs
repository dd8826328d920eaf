using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Packaging;

/// <summary>The package and its unit on a server of their own, under a real systemd.</summary>
[Collection(HeavyTests.Name)]
public sealed class PackageTests(BuiltPackages packages) : IClassFixture<BuiltPackages>
{
    private const string Images = "/opt/opengnsys/images";
    private const string MakeImages = $"mkdir -p {Images} && chgrp -R opengnsys /opt/opengnsys && chmod 2775 /opt/opengnsys {Images} && head -c 3000000 /dev/urandom >{Images}/A.img";

    [FactOnServer]
    public async Task It_is_installed_configured_upgraded_removed_and_purged()
    {
        await using var server = await BootedServer.StartAsync();
        var (first, second) = (server.Bring(packages.First), server.Bring(packages.Second));

        // Installed, and not started.
        var told = await server.RunAsync($"dpkg -i {first}");
        Assert.Contains("systemctl enable --now ogrepo-agent", told);
        Assert.Equal("disabled", (await server.TryAsync("systemctl is-enabled ogrepo-agent")).Output.Trim());
        Assert.Equal("inactive", (await server.TryAsync("systemctl is-active ogrepo-agent")).Output.Trim());
        Assert.Contains("opengnsys", await server.RunAsync("id ogrepo"));
        Assert.Equal("640 root opengnsys", await server.RunAsync("stat -c '%a %U %G' /etc/ogrepo-agent/agent.toml"));
        Assert.Equal("750 ogrepo opengnsys", await server.RunAsync("stat -c '%a %U %G' /var/lib/ogrepo-agent"));
        Assert.StartsWith("ogrepo-agent ", await server.RunAsync("ogrepo-agent version"));
        await server.RunAsync("test -s /usr/share/man/man1/ogrepo-agent.1.gz && test -s /usr/share/bash-completion/completions/ogrepo-agent && test -s /usr/share/zsh/vendor-completions/_ogrepo-agent");

        // One file is edited, and the server is in order.
        await server.RunAsync(MakeImages);
        await server.RunAsync("sed -i 's/^#settle = .*/settle = \"100ms\"/' /etc/ogrepo-agent/agent.toml && systemctl enable --now ogrepo-agent");
        await server.SeeAsync("it is indexed", $"test -s {Images}/A.img.torrent");
        Assert.Equal("ogrepo opengnsys", await server.RunAsync($"stat -c '%U %G' {Images}/A.img.sum"));
        Assert.Contains("A", await server.RunAsync("ogrepo-agent images"));
        var process = await server.RunAsync("systemctl show -P MainPID ogrepo-agent");
        var sum = await server.RunAsync($"sha256sum {Images}/A.img");

        // Upgraded: nothing is asked, the configuration stays, a running agent is started anew.
        await server.RunAsync($"dpkg -i {second} </dev/null");
        await server.SeeAsync("it runs again", "systemctl is-active ogrepo-agent");
        Assert.NotEqual(process, await server.RunAsync("systemctl show -P MainPID ogrepo-agent"));
        Assert.Equal("settle = \"100ms\"", await server.RunAsync("grep '^settle' /etc/ogrepo-agent/agent.toml"));
        Assert.Equal("640 root opengnsys", await server.RunAsync("stat -c '%a %U %G' /etc/ogrepo-agent/agent.toml"));
        Assert.Equal("enabled", await server.RunAsync("systemctl is-enabled ogrepo-agent"));

        // Removed: it ends, and everything that is somebody's stays.
        await server.RunAsync("dpkg -r ogrepo-agent");
        Assert.NotEqual("active", (await server.TryAsync("systemctl is-active ogrepo-agent")).Output.Trim());
        await server.RunAsync("test ! -e /usr/bin/ogrepo-agent && test -e /etc/ogrepo-agent/agent.toml && test -e /var/lib/ogrepo-agent/api.key");

        // Purged: configuration, keys and state are gone, images and sidecars are not.
        await server.RunAsync("dpkg -P ogrepo-agent");
        await server.RunAsync("test ! -e /etc/ogrepo-agent && test ! -e /var/lib/ogrepo-agent");
        Assert.Equal("", await server.RunAsync("find /etc/systemd /usr/lib/systemd /var/lib/systemd/deb-systemd-helper-* -name '*ogrepo*'"));
        Assert.Equal(sum, await server.RunAsync($"sha256sum {Images}/A.img"));
        await server.RunAsync($"test -s {Images}/A.img.torrent");
    }

    [FactOnServer]
    public async Task Logs_are_read_from_the_journal_by_image_gravity_and_time()
    {
        await using var server = await BootedServer.StartAsync();
        Assert.Contains("There is no unit \"ogrepo-agent\"", await server.RunAsync($"dpkg-deb -x {server.Bring(packages.First)} /root/unpacked && ! /root/unpacked/usr/bin/ogrepo-agent logs"));
        await server.RunAsync($"dpkg -i /root/{Path.GetFileName(packages.First)} && {MakeImages} && cp {Images}/A.img {Images}/B.img && echo nonsense >{Images}/B.img.info && systemctl start ogrepo-agent");
        await server.SeeAsync("both are indexed", $"test -s {Images}/A.img.torrent && test -s {Images}/B.img.torrent && ogrepo-agent logs | grep 'B.img taken into the catalogue'");

        var all = await server.RunAsync("ogrepo-agent logs");
        Assert.Matches(@"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d A\.img taken into the catalogue", all);
        Assert.Matches("(?m)^\\S+ \\S+ systemd: Start", all);
        Assert.DoesNotContain('\u001b', all);
        var one = await server.RunAsync("ogrepo-agent logs --image A.img --since 1h");
        Assert.Contains("A.img taken into the catalogue", one);
        Assert.DoesNotContain("B.img", one);
        Assert.DoesNotContain("systemd:", one);
        Assert.Single((await server.RunAsync("ogrepo-agent logs -n 1")).Split('\n'));
        Assert.Contains("The journal has no such entries.", await server.RunAsync("ogrepo-agent logs --image Nothing.img"));
        Assert.DoesNotContain("taken into the catalogue", await server.RunAsync("ogrepo-agent logs --level warning"));
        Assert.Equal("A.img", await server.RunAsync("ogrepo-agent logs --image A.img -n 1 --json | sed 's/.*\"OGREPO_IMAGE\":\"\\([^\"]*\\)\".*/\\1/'"));
        Assert.Equal("1", await server.RunAsync("ogrepo-agent logs --since nonsense >/dev/null 2>&1; echo $?"));

        // Followed: what comes is told, and the end of who reads it is the end.
        await server.RunAsync($"(timeout 60 ogrepo-agent logs --follow --since 1m --image C.img | head -n 1 >/root/followed) & cp {Images}/A.img {Images}/C.img; wait; grep C.img /root/followed");
    }

    [FactOnServer]
    public async Task The_unit_lets_the_agent_do_its_work_and_nothing_else()
    {
        await using var server = await BootedServer.StartAsync();
        await server.RunAsync($"dpkg -i {server.Bring(packages.First)}");
        await server.RunAsync(MakeImages);
        // A network with a client in it, with a broadcast address and a route for multicast, as a repository server has it.
        await server.RunAsync(
            "ip netns add room && ip link add in0 type veth peer name out0 && ip link set out0 netns room && ip addr add 192.168.56.10/24 broadcast 192.168.56.255 dev in0 && ip link set in0 up "
            + "&& ip route add default dev in0 && ip -n room addr add 192.168.56.11/24 broadcast 192.168.56.255 dev out0 && ip -n room link set out0 up && ip -n room route add default dev out0");
        await server.RunAsync("systemctl start ogrepo-agent");
        await server.SeeAsync("systemd shows what it has", "systemctl status ogrepo-agent | grep 'Status: \"1 image\"'");
        await server.SeeAsync("it is indexed", $"test -s {Images}/A.img.torrent");

        // Judged by systemd itself.
        Assert.Equal("", await server.RunAsync("systemd-analyze verify --man=no ogrepo-agent.service ogrepo-agent.socket"));
        var score = await server.RunAsync("systemd-analyze security --offline=true ogrepo-agent.service | grep -oE 'Overall exposure level[^0-9]*[0-9.]+' | grep -oE '[0-9.]+$'");
        Assert.InRange(double.Parse(score, System.Globalization.CultureInfo.InvariantCulture), 0, 2.5);

        // Sidecars were written; an image goes to the trash; computers are woken; a room is sent to by multicast, in both ways.
        await server.RunAsync("ogrepo-agent wol 00:11:22:33:44:55");
        await server.RunAsync($"cp {Images}/A.img {Images}/B.img && chmod 664 {Images}/B.img");
        await server.SeeAsync("the copy is indexed", $"test -s {Images}/B.img.torrent");
        await server.RunAsync("ogrepo-agent images delete B.img --yes");
        await server.RunAsync($"test ! -e {Images}/B.img");
        await server.RunAsync(
            "ogrepo-agent send udpcast A.img --port 9000 --method full --ip 239.194.17.2 --bitrate 90M --nclients 1 --maxtime 20 && "
            + "timeout 60 ip netns exec room udp-receiver --nokbd --portbase 9000 --interface out0 --file /root/received >/dev/null 2>&1; "
            + $"cmp /root/received {Images}/A.img");
        await server.RunAsync(
            "mkdir /root/uftp && ip netns exec room uftpd -I out0 -M 239.194.17.2 -p 9002 -D /root/uftp && "
            + "ogrepo-agent send uftp A.img --port 9002 --ip 239.194.17.2 --bitrate 90M --clients 192.168.56.11 --maxtime 20 --wait && "
            + $"cmp /root/uftp/A.img {Images}/A.img");

        // The journal has priorities and fields, and no key.
        Assert.Contains("A.img taken into the catalogue", await server.RunAsync("journalctl --no-pager --priority=info --output=cat _SYSTEMD_UNIT=ogrepo-agent.service OGREPO_IMAGE=A.img OGREPO_EVENT=2010"));
        Assert.DoesNotContain(await server.RunAsync("cat /var/lib/ogrepo-agent/api.key"), await server.RunAsync("journalctl --no-pager --output=json --unit=ogrepo-agent"));

        // A reload is done by systemd, and what it says is heard.
        await server.RunAsync("sed -i 's/^#level = .*/level = \"warning\"/' /etc/ogrepo-agent/agent.toml && systemctl reload ogrepo-agent");
        await server.SeeAsync("it is active again", "systemctl is-active ogrepo-agent");

        // What it must not do.
        await server.RunAsync("PID=$(systemctl show -P MainPID ogrepo-agent); ! nsenter -t $PID -m -- setpriv --reuid=ogrepo --regid=opengnsys --clear-groups touch /etc/ogrepo-agent/touched");

        // Ends in order.
        await server.RunAsync("systemctl stop ogrepo-agent");
        Assert.Equal("success 0", await server.RunAsync("echo $(systemctl show -P Result ogrepo-agent) $(systemctl show -P ExecMainStatus ogrepo-agent)"));
    }

    [FactOnServer]
    public async Task An_agent_that_hangs_is_started_anew_by_the_watchdog_and_takes_up_its_jobs()
    {
        await using var server = await BootedServer.StartAsync();
        await server.RunAsync($"dpkg -i {server.Bring(packages.First)}");
        await server.RunAsync(MakeImages);
        await server.RunAsync($"mkdir -p /etc/systemd/system/ogrepo-agent.service.d && printf '[Service]\\nWatchdogSec=6s\\n' >/etc/systemd/system/ogrepo-agent.service.d/w.conf && truncate -s 200G {Images}/Large.img && systemctl daemon-reload && systemctl start ogrepo-agent");
        await server.SeeAsync("a job runs", "ogrepo-agent jobs --json | grep -q RUNNING || { (ogrepo-agent torrent Large.img >/dev/null 2>&1 &) ; false; }");

        await server.RunAsync("kill -STOP $(systemctl show -P MainPID ogrepo-agent)");

        await server.SeeAsync("it was started anew", "test $(systemctl show -P NRestarts ogrepo-agent) -ge 1 && systemctl is-active ogrepo-agent");
        Assert.Contains("Watchdog timeout", await server.RunAsync("journalctl --no-pager --unit=ogrepo-agent"));
        await server.SeeAsync("the job goes on", "ogrepo-agent jobs --json | grep -q RUNNING");
    }

    [FactOnServer]
    public async Task The_api_waits_on_systemds_socket_for_the_first_request()
    {
        await using var server = await BootedServer.StartAsync();
        await server.RunAsync($"dpkg -i {server.Bring(packages.First)}");
        await server.RunAsync(MakeImages);
        await server.RunAsync("mkdir -p /etc/systemd/system/ogrepo-agent.socket.d && printf '[Socket]\\nListenStream=\\nListenStream=127.0.0.1:80\\n' >/etc/systemd/system/ogrepo-agent.socket.d/port.conf && systemctl daemon-reload && systemctl start ogrepo-agent.socket");
        Assert.Equal("inactive", (await server.TryAsync("systemctl is-active ogrepo-agent")).Output.Trim());

        // A port that the agent's user may not open itself.
        await server.SeeAsync("it answers", "exec 3<>/dev/tcp/127.0.0.1/80 && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && head -1 <&3 | grep -q ' 200 '");
        Assert.Equal("active", await server.RunAsync("systemctl is-active ogrepo-agent"));
    }

    [FactWith("lintian", "dpkg-deb")]
    public async Task Lintian_finds_no_errors()
    {
        var judged = await ExternalProgram.TryAsync("lintian", ["--allow-root", "--fail-on", "error", packages.First], TimeSpan.FromMinutes(3));

        Assert.True(judged.ExitCode == 0, judged.Output + judged.Errors);
    }
}

using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Packaging;

/// <summary>The agent takes over an OpenGnsys as its installer leaves it, in a tree of the test's own.</summary>
public sealed class AdoptionTests : IDisposable
{
    private const string Creator = "* * * * *   root   [ -x /opt/opengnsys/bin/torrent-creator ] && /opt/opengnsys/bin/torrent-creator\n";
    private const string Delete = "* * * * *   root   [ -x /opt/opengnsys/bin/deletepreimage ] && /opt/opengnsys/bin/deletepreimage\n";

    private readonly TemporaryDirectory _server = new();

    public AdoptionTests()
    {
        _server.Write("etc/passwd", "root:x:0:0:root:/root:/bin/bash\nogrepo:x:990:991::/var/lib/ogrepo-agent:/usr/sbin/nologin\n");
        _server.Write("etc/group", "root:x:0:\nopengnsys:x:991:ogrepo\n");
        _server.Write("opt/opengnsys/etc/ogAdmRepo.cfg", "IPlocal=192.168.56.10\nApiToken=the-token-of-opengnsys\n");
        _server.Write("opt/opengnsys/etc/repoinfo.json", """{"directory":"/opt/opengnsys/images","images":[{"name":"A","type":"img","clientname":"pc1","clonator":"partclone","compressor":"lzop","filesystem":"NTFS","datasize":1}],"ous":[]}""");
        _server.Write("opt/opengnsys/images/A.img", "image");
        _server.Write("opt/opengnsys/images/aula1/B.img", "image");
        _server.Write("opt/opengnsys/images/Tree/ogimg.info", "# fstype=EXTFS\n# sizedata=1\n");
        _server.Write("opt/opengnsys/www/tmp/.keep", "");
        _server.Write("etc/cron.d/torrentcreator", Creator);
        _server.Write("etc/cron.d/imagedelete", "SHELL=/bin/sh\n# Deletes marked images\n" + Delete);
        _server.Write("etc/cron.d/both", "0 3 * * * root /usr/local/bin/backup\n" + Delete);
        _server.Write("etc/cron.d/other", "0 3 * * * root /usr/local/bin/my-checkrepository\n#" + Delete);
        _server.Write("etc/crontab", "17 * * * * root cd / && run-parts --report /etc/cron.hourly\n");
        _server.Write("var/spool/cron/crontabs/root", "* * * * * /opt/opengnsys/bin/checkrepo >/dev/null 2>&1\n5 4 * * * /usr/local/bin/report\n");
        File.SetUnixFileMode(_server["var/spool/cron/crontabs/root"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _server.Write("etc/default/opengnsys", "RUN_OGADMREPO=\"yes\"\nRUN_BTTRACKER=\"yes\"\nRUN_BTSEEDER=\"yes\"\nBTTRACK_PORT=6969\n");
        _server.Write("etc/ogrepo-agent/agent.toml", File.ReadAllText(Path.Combine(SourceTree.Root, "agent.toml.example")));
    }

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Without_yes_it_tells_what_it_would_do_and_changes_nothing()
    {
        var before = await StateAsync();

        var shown = await AdoptAsync();

        Assert.Equal(0, shown.ExitCode);
        Assert.Contains("/opt/opengnsys/images: 3", shown.Output);
        Assert.Contains("repoinfo.json: 1 images", shown.Output);
        Assert.Contains("192.168.56.10", shown.Output);
        Assert.Contains("cron job torrent-creator: /etc/cron.d/torrentcreator is moved to /etc/cron.d/torrentcreator.ogrepo-adopted", shown.Output);
        Assert.Contains("cron job deletepreimage: /etc/cron.d/imagedelete is moved", shown.Output);
        Assert.Contains("cron job deletepreimage: its line in /etc/cron.d/both becomes a comment", shown.Output);
        Assert.Contains("cron job checkrepo: its line in /var/spool/cron/crontabs/root becomes a comment", shown.Output);
        Assert.DoesNotContain("/etc/cron.d/other", shown.Output);
        Assert.Contains("RUN_BTTRACKER, RUN_BTSEEDER", shown.Output);
        Assert.Contains("Nothing was changed.", shown.Output);
        Assert.DoesNotContain("the-token-of-opengnsys", shown.Output);
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task With_yes_the_configuration_names_what_opengnsys_has_and_its_jobs_are_off()
    {
        var done = await AdoptAsync("--yes");

        Assert.True(done.ExitCode == 0, done.Output + done.Errors);
        var toml = Read("etc/ogrepo-agent/agent.toml");
        foreach (var line in (string[])["images = \"/opt/opengnsys/images\"", "repoinfo = \"/opt/opengnsys/etc/repoinfo.json\"",
            "opengnsys_config = \"/opt/opengnsys/etc/ogAdmRepo.cfg\"", "trust_existing = true", "delete_marks = \"/opt/opengnsys/www/tmp\""])
        {
            Assert.Contains($"\n{line}\n", toml);
        }
        Assert.False(File.Exists(_server["etc/cron.d/torrentcreator"]));
        Assert.Equal(Creator, Read("etc/cron.d/torrentcreator.ogrepo-adopted"));
        Assert.Equal("0 3 * * * root /usr/local/bin/backup\n#ogrepo-adopted# " + Delete, Read("etc/cron.d/both"));
        Assert.StartsWith("#ogrepo-adopted# * * * * * /opt/opengnsys/bin/checkrepo", Read("var/spool/cron/crontabs/root"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_server["var/spool/cron/crontabs/root"]));
        Assert.Equal("RUN_OGADMREPO=\"yes\"\nRUN_BTTRACKER=\"no\"\nRUN_BTSEEDER=\"no\"\nBTTRACK_PORT=6969\n", Read("etc/default/opengnsys"));
        Assert.Equal("image", Read("opt/opengnsys/images/A.img"));
        Assert.Contains("systemctl enable --now ogrepo-agent", done.Output);
    }

    [Fact]
    public async Task The_agents_user_may_write_beside_the_images_afterwards_and_replace_nothing_of_opengnsys()
    {
        var tree = await StatAsync("opt/opengnsys/images/Tree");
        await AdoptAsync("--yes");

        // A directory that is an image stays as it is.
        Assert.Equal(tree, await StatAsync("opt/opengnsys/images/Tree"));
        Assert.Equal("991 2775", await StatAsync("opt/opengnsys/images"));
        Assert.Equal("991 2775", await StatAsync("opt/opengnsys/images/aula1"));
        Assert.Equal("991 2770", await StatAsync("opt/opengnsys/images_trash"));
        Assert.Equal("991 1775", await StatAsync("opt/opengnsys/etc"));
        var asAgent = await ExternalProgram.TryAsync("setpriv",
            ["--reuid=990", "--regid=991", "--clear-groups", "sh", "-c",
                "cd \"$1\" && echo sum >images/aula1/B.img.sum && cat etc/ogAdmRepo.cfg >/dev/null && echo {} >etc/.new && mv etc/.new etc/repoinfo.json && ! mv images/A.img etc/ogAdmRepo.cfg 2>/dev/null", "sh", _server["opt/opengnsys"]]);
        Assert.True(asAgent.ExitCode == 0, asAgent.Errors);
    }

    [Fact]
    public async Task Done_twice_is_done_once()
    {
        await AdoptAsync("--yes");
        var before = await StateAsync();

        var again = await AdoptAsync("--yes");

        Assert.Equal(0, again.ExitCode);
        Assert.Contains("Everything was taken over before.", again.Output);
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task What_was_switched_off_comes_back_as_it_was_told()
    {
        string[] files = ["etc/cron.d/torrentcreator", "etc/cron.d/imagedelete", "etc/cron.d/both", "var/spool/cron/crontabs/root"];
        var before = files.Select(Read).ToList();
        var done = await AdoptAsync("--yes");

        foreach (var line in done.Output.Split('\n').Where(line => line.Contains("cron job", StringComparison.Ordinal)))
        {
            var command = line[(line.IndexOf("(back: ", StringComparison.Ordinal) + 7)..^1];
            await ExternalProgram.ShellAsync(command.Replace(" /etc", $" {_server["etc"]}", StringComparison.Ordinal).Replace(" /var", $" {_server["var"]}", StringComparison.Ordinal));
        }

        Assert.Equal(before, files.Select(Read));
    }

    [Fact]
    public async Task What_an_administrator_has_set_stays_and_is_told()
    {
        _server.Write("etc/ogrepo-agent/agent.toml", "[repository]\nimages = \"/srv/images\"\n");

        var done = await AdoptAsync("--yes");

        Assert.Contains("repository.images is set already, and stays as it is", done.Output);
        Assert.Contains("images = \"/srv/images\"\n", Read("etc/ogrepo-agent/agent.toml"));
    }

    [Fact]
    public async Task A_configuration_that_is_no_toml_is_refused_before_anything_is_changed()
    {
        _server.Write("etc/ogrepo-agent/agent.toml", "[repository\n");
        var before = await StateAsync();

        var refused = await AdoptAsync("--yes");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("/etc/ogrepo-agent/agent.toml:1:", refused.Errors);
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task Where_no_opengnsys_is_there_is_nothing_to_adopt()
    {
        Directory.Delete(_server["opt"], recursive: true);

        var refused = await AdoptAsync("--yes");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("There is no OpenGnsys", refused.Errors);
    }

    private Task<ProgramResult> AdoptAsync(params string[] more) => AgentCommand.RunAsync(["adopt", "--root", _server.Root, .. more]);

    private string Read(string path) => File.ReadAllText(_server[path]);

    private async Task<string> StatAsync(string path) => (await ExternalProgram.TryAsync("stat", ["-c", "%g %a", _server[path]])).Output.Trim();

    /// <summary>Every path with owner, mode and content.</summary>
    private async Task<string> StateAsync() =>
        (await ExternalProgram.ShellAsync($"cd '{_server.Root}' && find . -printf '%p %U %G %m\\n' | sort && find . -type f -print0 | sort -z | xargs -0 sha256sum")).Output;
}

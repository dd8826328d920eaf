using Agent.EndToEnd.Packaging;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Documents;

/// <summary>
/// The server that the documents speak of: an OpenGnsys repository on a fresh Debian with the package in <c>/root</c>. Beside it, in a network of their
/// own, are the other servers of the documents: "campus2", which has an agent, and a legacy one, which has none.
/// </summary>
/// <param name="server">The Debian.</param>
/// <param name="packages">The package in two versions; the later one is what the documents upgrade to.</param>
internal sealed class DocumentedServer(BootedServer server, BuiltPackages packages)
{
    private const string Images = "/opt/opengnsys/images";

    /// <summary>Makes it what the documents begin with.</summary>
    public async Task PrepareAsync()
    {
        await MakeOpenGnsysAsync();
        await MakeOthersAsync();
    }

    /// <summary>Writes a file as a document shows it, with the directories above it.</summary>
    public void Write(WrittenFile file)
    {
        var path = server.Root + file.Path;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, file.Content);
    }

    /// <summary>Types a command there, until all is as the document says: what the agent has to find out by itself takes a moment.</summary>
    public Task TypeAsync(DocumentedCommand command)
    {
        var line = command.Line.Replace("_VERSION_", command.Heading == "Upgrade" ? "_1.0.1_" : "_1.0.0_");
        string? told = null;
        return Eventually.SeeAsync(async () =>
        {
            var result = await server.TryAsync($"cd /root; {line}");
            var difference = command.DifferenceTo(result);
            told = $"{difference}\n{result.Output}";
            return difference is null ? "yes" : null;
        }, $"{command.Place}: {line}", () => told!);
    }

    private async Task MakeOpenGnsysAsync()
    {
        foreach (var package in (string[])[packages.First, packages.Second])
            server.Bring(package);
        var made = await ExternalProgram.TryAsync(SourceTree.Script("demo-images.sh"), [server.Root + Images], TimeSpan.FromMinutes(2));
        Assert.True(made.ExitCode == 0, made.Errors);
        await server.RunAsync(
            $$"""
            cd /opt/opengnsys && mkdir -p etc www/tmp
            printf 'IPlocal=192.168.56.10\nApiToken=0123456789abcdef0123456789abcdef\n' >etc/ogAdmRepo.cfg
            echo '{"directory":"{{Images}}","images":[],"ous":[]}' >etc/repoinfo.json
            mkdir -p /etc/cron.d
            for name in checkrepo deletepreimage torrent-creator; do echo "* * * * * root /opt/opengnsys/bin/$name" >/etc/cron.d/$name; done
            printf 'RUN_BTTRACKER="yes"\nRUN_BTSEEDER="yes"\n' >/etc/default/opengnsys
            """);
    }

    /// <summary>
    /// The legacy server sees files of its own where OpenGnsys has its files, and lets in who has the key that the documents have made here: to bring it
    /// there is the part of the administrator there.
    /// </summary>
    private async Task MakeOthersAsync()
    {
        var key = Guid.NewGuid().ToString("N");
        await server.RunAsync(
            $$"""
            ip netns add others && ip link add lan0 type veth peer name other0 && ip link set other0 netns others
            for address in 192.168.56.10 192.168.60.1; do ip addr add $address/24 broadcast ${address%.*}.255 dev lan0; done
            ip link set lan0 up && ip route add default dev lan0
            ip -n others link set lo up && ip -n others link set other0 up
            for address in 192.168.60.10 192.168.60.11 192.168.56.11; do ip -n others addr add $address/24 dev other0; done
            mkdir -p /srv/campus2/images /srv/campus2/state /srv/legacy/images /srv/legacy/etc && chmod 755 /srv/campus2
            cp {{Images}}/Fedora.img /srv/campus2/images/Windows10.img
            cp {{Images}}/Debian12.img /srv/legacy/images/Windows7.img
            echo {{key}} >/root/campus2.key && cp /root/campus2.key /srv/campus2/state/api.key && chmod 600 /srv/campus2/state/api.key
            printf '[repository]\nimages = "/srv/campus2/images"\nstate = "/srv/campus2/state"\nsettle = "100ms"\n[server]\nlisten = "192.168.60.10:8006"\nadvertise = "192.168.60.10"\n' >/srv/campus2/agent.toml
            """);
        File.Copy(SourceTree.Agent, Path.Combine(server.Root, "srv/campus2/ogrepo-agent"));
        await server.RunAsync(
            """
            systemd-run --quiet --unit=campus2 -p NetworkNamespacePath=/run/netns/others /srv/campus2/ogrepo-agent serve --config /srv/campus2/agent.toml
            useradd --create-home --shell /bin/bash --password '*' opengnsys && chown -R opengnsys /srv/legacy
            mkdir -p /run/sshd && systemd-run --quiet --unit=legacy -p NetworkNamespacePath=/run/netns/others -p BindPaths=/srv/legacy:/opt/opengnsys \
              /usr/sbin/sshd -D -o ListenAddress=192.168.60.11 -o PasswordAuthentication=no \
              -o "AuthorizedKeysCommand=/bin/cat /var/lib/ogrepo-agent/.ssh/id_ed25519.pub" -o AuthorizedKeysCommandUser=root
            """);
    }
}

using System.Runtime.CompilerServices;
using Agent.Adoption;
using Agent.Diagnosis;
using Agent.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Diagnosis;

public sealed class UnitFileTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();

    [Fact]
    public void The_unit_of_the_package_is_read()
    {
        var unit = UnitFile.Parse(File.ReadLines(Path.Combine(RepositoryRoot(), "packaging", UnitFile.Name)));

        Assert.Equal(("ogrepo", "opengnsys", "16384"), (unit.User, unit.Group, unit.OpenFiles));
        Assert.True(unit.IsReadOnly && unit.HidesHomes);
        Assert.Equal(["/opt/opengnsys", "/var/lib/ogrepo-agent"], unit.Writable);
    }

    [Fact]
    public void Drop_ins_add_and_take_back()
    {
        _root.Write("usr/lib/systemd/system/ogrepo-agent.service", "[Service]\nUser=ogrepo\nReadWritePaths=/a /b\nProtectHome=yes\n");
        _root.Write("etc/systemd/system/ogrepo-agent.service.d/override.conf", "[Service]\n# User=nobody\nReadWritePaths=/c\nProtectHome=\n");
        _root.Write("etc/systemd/system/ogrepo-agent.service.d/zz.conf", "[Service]\nUser=other\n");

        var unit = UnitFile.Find(new ServerRoot(_root.Root))!;

        Assert.Equal(["/a", "/b", "/c"], unit.Writable);
        Assert.Equal("other", unit.User);
        Assert.False(unit.HidesHomes);
    }

    [Fact]
    public void An_empty_value_takes_back_what_was_before() =>
        Assert.Equal(["/srv"], UnitFile.Parse(["ReadWritePaths=/a /b", "ReadWritePaths=", "ReadWritePaths=-/srv"]).Writable);

    [Fact]
    public void Where_none_is_installed_there_is_none() => Assert.Null(UnitFile.Find(new ServerRoot(_root.Root)));

    [Fact]
    public void Nothing_makes_it_fail() => Prop.ForAll<string[]>(lines => UnitFile.Parse((lines ?? []).Select(line => line ?? "")) is not null).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("udpcast", "20200328-1")]
    [InlineData("uftp", null)]
    [InlineData("udp", null)]
    public void Versions_of_installed_packages_are_found(string package, string? version)
    {
        string[] status =
        [
            "Package: uftp", "Status: deinstall ok config-files", "Version: 4.10", "", "Package: udpcast", "Status: install ok installed", "Depends: libc6", "Version: 20200328-1", "",
            "Package: other", "Status: install ok installed", "Version: 1",
        ];

        Assert.Equal(version, PackageBook.VersionIn(status, package));
    }

    [Fact]
    public void No_status_makes_it_fail() =>
        Prop.ForAll<string[]>(lines => PackageBook.VersionIn((lines ?? []).Select(line => line ?? ""), "udpcast") is null).QuickCheckThrowOnFailure();

    public void Dispose() => _root.Dispose();

    private static string RepositoryRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(here, "../../../.."));
}

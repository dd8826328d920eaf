using System.Buffers.Binary;
using System.Text;
using Agent.Common;
using Agent.Hosting.Logging;
using Agent.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging;

namespace Agent.Tests.Hosting;

/// <summary>What the agent writes into the journal, read as the journal reads it.</summary>
public sealed partial class JournalTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly DatagramSocket _journal;
    private readonly JournalLoggerProvider _provider;
    private readonly ILogger _logger;

    public JournalTests()
    {
        _journal = new DatagramSocket(_directory["socket"]);
        _provider = new JournalLoggerProvider(JournalSocket.TryOpen(_directory["socket"])!);
        _logger = _provider.CreateLogger("Agent.Tests");
    }

    public void Dispose()
    {
        _provider.Dispose();
        _journal.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task An_event_has_its_priority_and_each_value_as_a_field()
    {
        LogDamaged(_logger, "aula1/A\nB.img", 7);

        var fields = Read(await _journal.NextAsync());
        Assert.Equal("aula1/A\nB.img has 7 bad pieces", fields["MESSAGE"]);
        Assert.Equal("4", fields["PRIORITY"]);
        Assert.Equal("ogrepo-agent", fields["SYSLOG_IDENTIFIER"]);
        Assert.Equal("Agent.Tests", fields["OGREPO_LOGGER"]);
        Assert.Equal("9901", fields["OGREPO_EVENT"]);
        Assert.Equal("aula1/A\nB.img", fields["OGREPO_IMAGE"]);
        Assert.Equal("7", fields["OGREPO_BAD_PIECES"]);
    }

    [Fact]
    public async Task An_exception_is_told_in_the_message_and_at_length_in_a_field()
    {
        LogFailed(_logger, new IOException("disk full"));

        var fields = Read(await _journal.NextAsync());
        Assert.Equal("It failed: disk full", fields["MESSAGE"]);
        Assert.Equal("3", fields["PRIORITY"]);
        Assert.StartsWith("System.IO.IOException: disk full", fields["OGREPO_EXCEPTION"]);
    }

    [Fact]
    public async Task A_secret_stays_one()
    {
        Assert.True(Secret.TryParse("do-not-tell", out var secret));

        LogKey(_logger, secret!);

        var entry = await _journal.NextAsync();
        Assert.DoesNotContain("do-not-tell", Encoding.UTF8.GetString(entry));
        Assert.Equal("(secret)", Read(entry)["OGREPO_KEY"]);
    }

    [Fact]
    public async Task A_value_too_long_for_a_datagram_is_cut()
    {
        LogDamaged(_logger, new string('x', 10_000_000), 1);

        var fields = Read(await _journal.NextAsync());
        Assert.Equal(JournalEntry.LongestValue + 1, fields["OGREPO_IMAGE"].Length);
        Assert.EndsWith("…", fields["OGREPO_IMAGE"]);
    }

    [Fact]
    public void Where_no_journal_listens_there_is_none() => Assert.Null(JournalSocket.TryOpen(_directory["nothing"]));

    [Fact]
    public void Any_value_is_read_back_as_it_was() => Prop.ForAll<NonNull<string>, NonNull<string>>((first, second) =>
    {
        var entry = new JournalEntry();
        entry.Add("FIRST", first.Get);
        entry.Add("SECOND", second.Get);
        var fields = Read(entry.Bytes.ToArray());
        // What is no Unicode cannot be written as it is.
        return fields["FIRST"] == Valid(first.Get) && fields["SECOND"] == Valid(second.Get) && fields.Count == 2;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_key_becomes_a_name_that_the_journal_takes() => Prop.ForAll<NonNull<string>>(key =>
        JournalEntry.NameOf(key.Get) is { Length: <= 64 } name && name.All(character => char.IsAsciiLetterUpper(character) || char.IsAsciiDigit(character) || character == '_') && name[0] != '_').QuickCheckThrowOnFailure();

    private static string Valid(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>Reads an entry as the description of the protocol says.</summary>
    private static Dictionary<string, string> Read(byte[] entry)
    {
        var fields = new Dictionary<string, string>();
        for (var rest = entry.AsSpan(); rest.Length > 0;)
        {
            var line = rest[..rest.IndexOf((byte)'\n')];
            var equals = line.IndexOf((byte)'=');
            if (equals >= 0)
            {
                fields.Add(Encoding.UTF8.GetString(line[..equals]), Encoding.UTF8.GetString(line[(equals + 1)..]));
                rest = rest[(line.Length + 1)..];
                continue;
            }
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(rest[(line.Length + 1)..]);
            var value = rest.Slice(line.Length + 1 + sizeof(ulong), length);
            fields.Add(Encoding.UTF8.GetString(line), Encoding.UTF8.GetString(value));
            rest = rest[(line.Length + 1 + sizeof(ulong) + length)..];
            Assert.Equal((byte)'\n', rest[0]);
            rest = rest[1..];
        }
        return fields;
    }

    [LoggerMessage(9901, LogLevel.Warning, "{Image} has {BadPieces} bad pieces")]
    private static partial void LogDamaged(ILogger logger, string image, int badPieces);

    [LoggerMessage(9902, LogLevel.Error, "It failed")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(9903, LogLevel.Information, "The key is {Key}")]
    private static partial void LogKey(ILogger logger, Secret key);
}

using System.Globalization;
using Agent.Adoption;

namespace Agent.Diagnosis.Accounts;

/// <summary>Users and groups as <c>passwd(5)</c> and <c>group(5)</c> have them. Services and their users are there, whatever a directory service adds.</summary>
internal sealed class AccountBook
{
    private readonly IReadOnlyList<Account> _users;
    private readonly IReadOnlyList<(string Name, uint Number, string[] Members)> _groups;

    private AccountBook(IReadOnlyList<Account> users, IReadOnlyList<(string, uint, string[])> groups) => (_users, _groups) = (users, groups);

    /// <summary>Those of a server.</summary>
    public static AccountBook Read(ServerRoot root) => Parse(Lines(root.At("/etc/passwd")), Lines(root.At("/etc/group")));

    /// <summary>Takes the lines of the two files; lines that are none are passed over.</summary>
    public static AccountBook Parse(IEnumerable<string> users, IEnumerable<string> groups)
    {
        var known = groups.Select(line => line.Split(':'))
            .Where(fields => fields.Length >= 4 && Number(fields[2]) is not null)
            .Select(fields => (Name: fields[0], Number: Number(fields[2])!.Value, Members: fields[3].Split(',', StringSplitOptions.RemoveEmptyEntries)))
            .ToList();
        return new AccountBook([.. users.Select(line => UserOf(line, known)).OfType<Account>()], known);
    }

    /// <summary>The user of that name, with another first group where one is named; null where there is none.</summary>
    public Account? Find(string name, string? group) => _users.FirstOrDefault(user => user.Name == name) is { } found
        ? found with { Group = _groups.Where(known => known.Name == group).Select(known => (uint?)known.Number).FirstOrDefault() ?? found.Group }
        : null;

    /// <summary>The user of that number, who may have no name.</summary>
    public Account OfNumber(uint number) => _users.FirstOrDefault(user => user.User == number) ?? new Account(Text(number), number, number, [], "/");

    /// <summary>What a user is called.</summary>
    public string NameOf(uint user) => OfNumber(user).Name;

    /// <summary>What a group is called.</summary>
    public string GroupName(uint group) => _groups.FirstOrDefault(known => known.Number == group).Name ?? Text(group);

    private static Account? UserOf(string line, List<(string Name, uint Number, string[] Members)> groups) =>
        line.Split(':') is [var name, _, var user, var group, _, var home, ..] && Number(user) is { } number && Number(group) is { } first
            ? new Account(name, number, first, [.. groups.Where(known => known.Members.Contains(name)).Select(known => known.Number)], home)
            : null;

    private static IEnumerable<string> Lines(string file) => File.Exists(file) ? File.ReadLines(file) : [];

    private static uint? Number(string text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Text(uint number) => number.ToString(CultureInfo.InvariantCulture);
}

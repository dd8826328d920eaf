using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Agent.EndToEnd.Cvmfs;

/// <summary>The rules of the root catalog of a flat repository, each as a question to <c>sqlite3</c> with one right answer.</summary>
internal static class CatalogRules
{
    /// <summary>A client prepares statements on all of these, and takes no catalog that lacks one.</summary>
    private const string Tables = "bind_mountpoints,catalog,chunks,nested_catalogs,properties,statistics";

    private static readonly (string Question, string Answer)[] Rules =
    [
        ("PRAGMA integrity_check", "ok"),
        ("PRAGMA journal_mode", "delete"),
        ("SELECT group_concat(name) FROM (SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name)", Tables),
        ("SELECT group_concat(name) FROM pragma_table_info('catalog')", "md5path_1,md5path_2,parent_1,parent_2,hardlinks,hash,size,mode,mtime,mtimens,flags,name,symlink,uid,gid,xattr"),
        ("SELECT group_concat(name) FROM pragma_table_info('chunks')", "md5path_1,md5path_2,offset,size,hash"),
        ("SELECT count(*) FROM sqlite_master, pragma_index_info(sqlite_master.name) AS info WHERE type = 'index' AND tbl_name = 'catalog' AND info.name IN ('parent_1', 'parent_2')", "2"),
        ("SELECT count(*) FROM nested_catalogs", "0"),
        ("SELECT count(*) FROM bind_mountpoints", "0"),
        ("SELECT count(*) FROM properties WHERE typeof(value) != 'text'", "0"),
        // One root; everything else is in it, has a name, and is a directory or a file that is stored as it is.
        ("SELECT count(*) FROM catalog WHERE parent_1 = 0 AND parent_2 = 0 AND name = '' AND flags = 1", "1"),
        ("SELECT count(*) FROM catalog WHERE name != '' AND (parent_1, parent_2) != (SELECT md5path_1, md5path_2 FROM catalog WHERE name = '')", "0"),
        ("SELECT count(*) FROM catalog WHERE typeof(name) != 'text' OR typeof(symlink) != 'text' OR symlink != ''", "0"),
        ("SELECT count(*) FROM catalog WHERE flags NOT IN (1, 2052, 2116)", "0"),
        ("SELECT count(*) FROM catalog WHERE (flags & 4 AND mode & 61440 != 32768) OR (flags & 1 AND mode & 61440 != 16384)", "0"),
        ("SELECT count(*) FROM catalog WHERE flags & 4 AND hardlinks != 1", "0"),
        ("SELECT count(*) FROM catalog WHERE flags & 1 AND (hash IS NOT NULL OR size != 4096)", "0"),
        ("SELECT hardlinks - 2 - (SELECT count(*) FROM catalog WHERE flags & 1 AND name != '') FROM catalog WHERE name = ''", "0"),
        ("SELECT count(*) FROM catalog WHERE mtimens IS NOT NULL OR xattr IS NOT NULL", "0"),
        // A whole file has its hash; one in chunks has chunks from 0 on without a gap, of which the sizes add up to its own.
        ("SELECT count(*) FROM catalog WHERE flags = 2052 AND (typeof(hash) != 'blob' OR length(hash) != 20)", "0"),
        ("SELECT count(*) FROM chunks WHERE typeof(hash) != 'blob' OR length(hash) != 20 OR size <= 0", "0"),
        ("SELECT count(*) FROM catalog WHERE flags & 64 AND size != (SELECT total(chunks.size) FROM chunks WHERE chunks.md5path_1 = catalog.md5path_1 AND chunks.md5path_2 = catalog.md5path_2)", "0"),
        ("SELECT count(*) FROM chunks AS one WHERE offset != (SELECT total(size) FROM chunks AS before WHERE before.md5path_1 = one.md5path_1 AND before.md5path_2 = one.md5path_2 AND before.offset < one.offset)", "0"),
        ("SELECT count(*) FROM chunks WHERE NOT EXISTS (SELECT 1 FROM catalog WHERE catalog.md5path_1 = chunks.md5path_1 AND catalog.md5path_2 = chunks.md5path_2 AND flags & 64)", "0"),
        // Statistics are counted anew.
        ("SELECT count(*) FROM statistics", "24"),
        ("SELECT total(value) FROM statistics WHERE counter LIKE 'subtree_%'", "0.0"),
        ("SELECT (SELECT value FROM statistics WHERE counter = 'self_regular') - (SELECT count(*) FROM catalog WHERE flags & 4)", "0"),
        ("SELECT (SELECT value FROM statistics WHERE counter = 'self_dir') - (SELECT count(*) FROM catalog WHERE flags & 1)", "0"),
        ("SELECT (SELECT value FROM statistics WHERE counter = 'self_chunked') - (SELECT count(*) FROM catalog WHERE flags & 64)", "0"),
        ("SELECT (SELECT value FROM statistics WHERE counter = 'self_chunks') - (SELECT count(*) FROM chunks)", "0"),
        ("SELECT (SELECT value FROM statistics WHERE counter = 'self_file_size') - (SELECT total(size) FROM catalog WHERE flags & 4)", "0.0"),
        ("SELECT (SELECT value FROM statistics WHERE counter = 'self_chunked_size') - (SELECT total(size) FROM catalog WHERE flags & 64)", "0.0"),
        ("SELECT total(value) FROM statistics WHERE counter IN ('self_symlink', 'self_special', 'self_nested', 'self_xattr', 'self_external', 'self_external_file_size')", "0.0"),
    ];

    /// <summary>Holds a published catalog to all rules.</summary>
    public static async Task HoldAsync(PublishedRepository published, string catalog)
    {
        var answers = await published.QueryAsync(catalog, "C", string.Join("; ", Rules.Select(rule => rule.Question)));
        Assert.Equal(Rules.Length, answers.Length);
        foreach (var (rule, answer) in Rules.Zip(answers))
            Assert.True(rule.Answer == answer, $"{rule.Question}: {answer}, not {rule.Answer}");
        foreach (var row in await published.QueryAsync(catalog, "C", "SELECT md5path_1, md5path_2, name FROM catalog"))
        {
            var parts = row.Split('|', 3);
            Assert.Equal((parts[0], parts[1]), Key(parts[2].Length == 0 ? "" : $"/{parts[2]}"));
        }
    }

    /// <summary>The MD5 of a path, as two little-endian integers.</summary>
    private static (string, string) Key(string path)
    {
        var hash = MD5.HashData(Encoding.UTF8.GetBytes(path));
        return (BinaryPrimitives.ReadInt64LittleEndian(hash).ToString(), BinaryPrimitives.ReadInt64LittleEndian(hash.AsSpan(8)).ToString());
    }
}

using System.Buffers;
using System.Text;
using Agent.BitTorrent.Bencoding;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.BitTorrent.Bencoding;

/// <summary>Any bencoded value as a tree, for properties.</summary>
internal abstract record BencodeValue
{
    public byte[] Write()
    {
        var output = new ArrayBufferWriter<byte>();
        WriteTo(new BencodeWriter(output));
        return output.WrittenSpan.ToArray();
    }

    public abstract void WriteTo(BencodeWriter writer);

    public sealed record Number(long Value) : BencodeValue
    {
        public override void WriteTo(BencodeWriter writer) => writer.WriteInteger(Value);
    }

    public sealed record Text(byte[] Value) : BencodeValue
    {
        public override void WriteTo(BencodeWriter writer) => writer.WriteString(Value);
    }

    public sealed record Sequence(BencodeValue[] Items) : BencodeValue
    {
        public override void WriteTo(BencodeWriter writer)
        {
            writer.BeginList();
            foreach (var item in Items)
                item.WriteTo(writer);
            writer.End();
        }
    }

    public sealed record Map(SortedDictionary<string, BencodeValue> Entries) : BencodeValue
    {
        public override void WriteTo(BencodeWriter writer)
        {
            writer.BeginDictionary();
            foreach (var (key, value) in Entries)
            {
                writer.WriteKey(Encoding.Latin1.GetBytes(key));
                value.WriteTo(writer);
            }
            writer.End();
        }
    }
}

internal static class BencodeValues
{
    public static Gen<BencodeValue> Any() => Gen.Sized(size => OfDepth(Math.Min(size, 5)));

    public static BencodeValue Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new BencodeReader(bytes);
        var value = Read(ref reader);
        reader.Finish();
        return value;
    }

    private static Gen<BencodeValue> OfDepth(int depth)
    {
        var number = ArbMap.Default.GeneratorFor<long>().Select(n => (BencodeValue)new BencodeValue.Number(n));
        var text = ArbMap.Default.GeneratorFor<byte[]>().Select(b => (BencodeValue)new BencodeValue.Text(b));
        if (depth == 0)
            return Gen.OneOf(number, text);
        var inner = OfDepth(depth / 2);
        var list = Gen.ArrayOf(inner, 3).Select(items => (BencodeValue)new BencodeValue.Sequence(items));
        var key = ArbMap.Default.GeneratorFor<byte[]>().Select(Encoding.Latin1.GetString);
        var entries = Gen.ArrayOf(key.Zip(inner), 3);
        var map = entries.Select(pairs =>
        {
            var sorted = new SortedDictionary<string, BencodeValue>(StringComparer.Ordinal);
            foreach (var (k, v) in pairs)
                sorted[k] = v;
            return (BencodeValue)new BencodeValue.Map(sorted);
        });
        return Gen.OneOf(number, text, list, map);
    }

    private static BencodeValue Read(ref BencodeReader reader)
    {
        switch (reader.Peek())
        {
            case BencodeKind.Integer:
                return new BencodeValue.Number(reader.ReadInteger());
            case BencodeKind.String:
                return new BencodeValue.Text(reader.ReadString().ToArray());
            case BencodeKind.List:
                var items = new List<BencodeValue>();
                reader.EnterList();
                while (reader.NextItem())
                    items.Add(Read(ref reader));
                return new BencodeValue.Sequence([.. items]);
            default:
                var entries = new SortedDictionary<string, BencodeValue>(StringComparer.Ordinal);
                reader.EnterDictionary();
                while (reader.NextKey(out var key))
                    entries.Add(Encoding.Latin1.GetString(key), Read(ref reader));
                return new BencodeValue.Map(entries);
        }
    }
}

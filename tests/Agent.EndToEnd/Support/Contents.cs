namespace Agent.EndToEnd.Support;

/// <summary>Contents of images where it does not matter what they hold.</summary>
internal static class Contents
{
    /// <summary>Bytes that no other file has.</summary>
    public static byte[] Random(int length)
    {
        var bytes = new byte[length];
        System.Random.Shared.NextBytes(bytes);
        return bytes;
    }
}

using System.Buffers;
using Agent.BitTorrent.Downloading;
using Agent.Common;
using Microsoft.Net.Http.Headers;

namespace Agent.Api;

/// <summary>Answers with one range of an image as a zstd frame, for another agent that has asked for that; see <see cref="PackedRange"/>.</summary>
internal sealed class PackedRangeResult(SteadyFileStream content, long first, int length) : IResult
{
    /// <summary>At the same time: each holds some 8 MiB and a core, and whoever comes when all are busy gets an ordinary answer.</summary>
    private static readonly SemaphoreSlim Turns = new(4);

    /// <summary>The answer to a request; null where it gets an ordinary one: it did not ask, or for none or several ranges, or too much.</summary>
    /// <param name="request">The request.</param>
    /// <param name="fileLength">Size of the image.</param>
    /// <param name="open">Opens it; may give null.</param>
    public static PackedRangeResult? Of(HttpRequest request, long fileLength, Func<SteadyFileStream?> open)
    {
        if (request.Method != HttpMethods.Get || request.Headers[PackedRange.Header] != PackedRange.Zstd || request.Headers.ContainsKey(HeaderNames.IfRange))
            return null;
        if (request.GetTypedHeaders().Range is not { Unit.Value: "bytes", Ranges: { Count: 1 } ranges } || ranges.First() is not { From: { } first, To: { } last })
            return null;
        var fits = first <= last && last < fileLength && last - first < PackedRange.Longest;
        return fits && Turns.CurrentCount > 0 && open() is { } content ? new PackedRangeResult(content, first, (int)(last - first + 1)) : null;
    }

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using var file = content;
        await Turns.WaitAsync(httpContext.RequestAborted);
        var plain = ArrayPool<byte>.Shared.Rent(length);
        var frame = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            content.Position = first;
            await content.ReadExactlyAsync(plain.AsMemory(0, length), httpContext.RequestAborted);
            // What becomes hardly smaller goes as it is: unpacking it would cost more than it saves.
            var packed = ZstdFrame.IsWorthPacking(plain.AsSpan(0, length)) ? ZstdFrame.Pack(plain.AsSpan(0, length), frame.AsSpan(0, length - length / 8)) : 0;
            await SendAsync(httpContext, packed > 0 ? frame.AsMemory(0, packed) : plain.AsMemory(0, length), packed > 0);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
            ArrayPool<byte>.Shared.Return(frame);
            Turns.Release();
        }
    }

    private Task SendAsync(HttpContext context, ReadOnlyMemory<byte> body, bool isPacked)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status206PartialContent;
        response.ContentType = "application/octet-stream";
        response.ContentLength = body.Length;
        response.Headers.ContentRange = $"bytes {first}-{first + length - 1}/{content.Length}";
        response.Headers.Vary = PackedRange.Header;
        if (isPacked)
            response.Headers[PackedRange.Header] = PackedRange.Zstd;
        return response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}

using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Channels;

namespace Agent.Indexing.Hashing;

/// <summary>
/// Hands the blocks of a pipe to all digesters. Each goes through them at its own pace on its own thread while the cores last; a
/// block goes back to the pipe when the slowest is done with it.
/// </summary>
/// <param name="threads">Where the digesters run.</param>
/// <param name="digesters">Who gets every block, in order.</param>
/// <param name="window">Bytes that may be handed out at once; fewer than the pipe holds, or reader and writer would wait for each other.</param>
internal sealed class DigestFanOut(HashingThreads threads, IReadOnlyList<IDigester> digesters, int window)
{
    private readonly Channel<Batch>[] _mailboxes = [.. digesters.Select(_ => Channel.CreateUnbounded<Batch>(new() { SingleReader = true, SingleWriter = true }))];
    private readonly Queue<Batch> _handedOut = [];
    private long _handedOutBytes;

    /// <summary>Runs until the pipe has ended and every digester has seen its last byte.</summary>
    /// <param name="blocks">The pipe's end; completed on return.</param>
    /// <param name="digested">Called with the length of every part that is done with.</param>
    public async Task RunAsync(PipeReader blocks, Action<long> digested)
    {
        var running = digesters.Select((digester, i) => threads.Run(() => DigestAsync(digester, _mailboxes[i].Reader))).ToArray();
        try
        {
            while (await PassAsync(blocks, digested))
            {
            }
        }
        finally
        {
            // Nobody may still be reading a block when the pipe takes its memory back.
            foreach (var mailbox in _mailboxes)
                mailbox.Writer.Complete();
            await Task.WhenAll(running);
            await blocks.CompleteAsync();
        }
    }

    private static async Task DigestAsync(IDigester digester, ChannelReader<Batch> mailbox)
    {
        await foreach (var batch in mailbox.ReadAllAsync())
        {
            try
            {
                foreach (var part in batch.Data)
                    digester.Append(part.Span);
                batch.DoneByOne();
            }
            catch (Exception ex)
            {
                // Or the wait for this batch would never end.
                batch.Fail(ex);
                throw;
            }
        }
    }

    /// <summary>Hands out what the pipe has; returns to it what all are done with. False at the end.</summary>
    private async Task<bool> PassAsync(PipeReader blocks, Action<long> digested)
    {
        var result = await blocks.ReadAsync();
        HandOut(result.Buffer.Slice(_handedOutBytes));
        var returned = 0L;
        while (_handedOut.TryPeek(out var oldest) && (oldest.Done.IsCompleted || _handedOutBytes >= window || result.IsCompleted))
        {
            await oldest.Done;
            _handedOut.Dequeue();
            _handedOutBytes -= oldest.Data.Length;
            returned += oldest.Data.Length;
            digested(oldest.Data.Length);
        }
        blocks.AdvanceTo(result.Buffer.GetPosition(returned), result.Buffer.End);
        return !result.IsCompleted;
    }

    private void HandOut(ReadOnlySequence<byte> data)
    {
        if (data.IsEmpty)
            return;
        var batch = new Batch(data, _mailboxes.Length);
        _handedOut.Enqueue(batch);
        _handedOutBytes += data.Length;
        foreach (var mailbox in _mailboxes)
            mailbox.Writer.TryWrite(batch);
    }

    private sealed class Batch(ReadOnlySequence<byte> data, int digesters)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left = digesters;

        public ReadOnlySequence<byte> Data => data;

        public Task Done => _done.Task;

        public void DoneByOne()
        {
            if (Interlocked.Decrement(ref _left) == 0)
                _done.TrySetResult();
        }

        public void Fail(Exception exception) => _done.TrySetException(exception);
    }
}

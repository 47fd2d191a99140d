using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Pipelines;
using Google.Protobuf;

namespace BlazorPluginAdmin.Grpc.Transport;

/// <summary>
/// Length-prefixed messages over pipes: a flag byte (0 plain, 1 compressed), four bytes of length, big-endian, the
/// message. One frame may span reads and one read may hold many. The length is compared with the limit before anything
/// is buffered.
/// </summary>
public static class Framing
{
    /// <summary>Bytes before each message.</summary>
    public const int PrefixLength = 5;

    /// <summary>Puts one message into the pipe without flushing.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: larger than <paramref name="maxSize"/>; nothing was written.</exception>
    public static void Write(IBufferWriter<byte> output, IMessage message, int maxSize)
    {
        var size = message.CalculateSize();
        if ((uint)size > maxSize)
        {
            // Unsigned: the size of a message beyond 2 GiB comes out negative.
            throw new RpcException(new Status(StatusCode.ResourceExhausted, $"the message has {(uint)size} bytes, the limit for sending is {maxSize}"));
        }

        var prefix = output.GetSpan(PrefixLength);
        prefix[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(prefix[1..], (uint)size);
        output.Advance(PrefixLength);
        message.WriteTo(output);
    }

    /// <summary>Reads the next message; null at the end of the stream.</summary>
    /// <param name="input">Where frames come from; only this method reads it.</param>
    /// <param name="parser">Parser of the message type.</param>
    /// <param name="maxSize">Limit of one message, compressed and inflated, in bytes.</param>
    /// <param name="gzip">The peer announced gzip for its messages.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="check">Looks at the bytes of each message that could be parsed; what it throws, this throws.</param>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: beyond the limit; INTERNAL: a frame or message that cannot be read.</exception>
    public static async ValueTask<T?> ReadAsync<T>(PipeReader input, MessageParser<T> parser, int maxSize, bool gzip, CancellationToken cancellationToken, Action<ReadOnlySequence<byte>>? check = null)
        where T : class, IMessage<T>
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = result.Buffer;
            if (result.IsCanceled)
            {
                // Before the messages that wait, or a busy peer would keep a cancelled reader going. They stay for the next read.
                input.AdvanceTo(buffer.Start);
                throw new OperationCanceledException(cancellationToken);
            }

            if (TryCut(ref buffer, maxSize, out var compressed, out var body))
            {
                var message = Parse(parser, compressed, gzip, body, maxSize, check);
                input.AdvanceTo(buffer.Start);
                return message;
            }

            if (result.IsCompleted)
            {
                var whole = buffer.IsEmpty;
                input.AdvanceTo(buffer.End);
                return whole ? null : throw new RpcException(new Status(StatusCode.Internal, "the stream ended inside a message"));
            }

            input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>Cuts one frame off the front of a buffer; false while it is not complete.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED or INTERNAL, from the prefix alone.</exception>
    public static bool TryCut(ref ReadOnlySequence<byte> buffer, int maxSize, out bool compressed, out ReadOnlySequence<byte> body)
    {
        compressed = false;
        body = default;
        if (buffer.Length < PrefixLength)
        {
            return false;
        }

        Span<byte> prefix = stackalloc byte[PrefixLength];
        buffer.Slice(0, PrefixLength).CopyTo(prefix);
        if (prefix[0] > 1)
        {
            throw Unreadable(StatusCode.Internal, $"a message begins with flag {prefix[0]}; only 0 and 1 are known");
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (length > maxSize)
        {
            throw Unreadable(StatusCode.ResourceExhausted, $"a message of {length} bytes was announced, the limit for receiving is {maxSize}");
        }

        if (buffer.Length < PrefixLength + length)
        {
            return false;
        }

        compressed = prefix[0] == 1;
        body = buffer.Slice(PrefixLength, length);
        buffer = buffer.Slice(PrefixLength + length);
        return true;
    }

    private static T Parse<T>(MessageParser<T> parser, bool compressed, bool gzip, ReadOnlySequence<byte> body, int maxSize, Action<ReadOnlySequence<byte>>? check)
        where T : class, IMessage<T>
    {
        if (compressed)
        {
            body = gzip ? new ReadOnlySequence<byte>(Inflate(body, maxSize)) : throw Unreadable(StatusCode.Internal, "a compressed message came without a grpc-encoding header");
        }

        try
        {
            var message = parser.ParseFrom(body);
            check?.Invoke(body);
            return message;
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw Unreadable(StatusCode.Internal, "a message could not be parsed", exception);
        }
    }

    /// <summary>Actual bytes are counted while inflating: a small frame must not become a large message.</summary>
    private static byte[] Inflate(ReadOnlySequence<byte> body, int maxSize)
    {
        using var inflated = new MemoryStream();
        try
        {
            using var gzip = new GZipStream(new MemoryStream(body.ToArray()), CompressionMode.Decompress);
            var chunk = new byte[64 * 1024];
            for (int read; (read = gzip.Read(chunk)) > 0;)
            {
                if (inflated.Length + read > maxSize)
                {
                    throw Unreadable(StatusCode.ResourceExhausted, $"a message inflates to more than {maxSize} bytes, the limit for receiving");
                }

                inflated.Write(chunk, 0, read);
            }
        }
        catch (InvalidDataException exception)
        {
            throw Unreadable(StatusCode.Internal, "a compressed message could not be inflated", exception);
        }

        return inflated.ToArray();
    }

    private static RpcException Unreadable(StatusCode code, string why, Exception? inner = null) => new(new Status(code, why), null, inner) { IsUnreadable = true };
}

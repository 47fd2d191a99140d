using BlazorPluginAdmin.WorkerStock.Files;

namespace BlazorPluginAdmin.WorkerStock.Tests.Files;

public sealed class AmountTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1 KiB")]
    [InlineData(-1536, "-1.5 KiB")]
    [InlineData(1_790_743, "1.7 MiB")]
    [InlineData(long.MaxValue, "8388608 TiB")]
    public void Bytes_ReadAsPeopleReadThem(long bytes, string text) => Assert.Equal(text, Amount.OfBytes(bytes));

    [Theory]
    [InlineData(0, "0 files")]
    [InlineData(1, "1 file")]
    [InlineData(2, "2 files")]
    public void Counts_HaveTheirPlural(long count, string text) => Assert.Equal(text, Amount.Of(count, "file"));
}

using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Tests.Jobs;

public sealed class FingerprintTests
{
    [Theory]
    [InlineData("volume 17 is gone", "volume 23041 is gone")]
    [InlineData("dial tcp 10.0.0.7:8080: connection refused", "dial tcp 192.168.33.1:18080: connection refused")]
    [InlineData("dial tcp [::1]:8080: connection refused", "dial tcp [fe80::12:9a]:99: connection refused")]
    [InlineData("dial volume-3.rack-2:8080: connection refused", "dial master:9333: connection refused")]
    [InlineData("open /data/vol 1: no space left", "open /mnt/x/y.dat 22: no space left")]
    [InlineData("""open C:\data\a.idx: denied""", """open D:\b: denied""")]
    [InlineData("GET https://host/a?b=1 failed", "GET http://other:8080/c failed")]
    [InlineData("""no such bucket "photos" here""", """no such bucket "the 'other' one" here""")]
    [InlineData("no such bucket 'photos'", "no such bucket 'it is'")]
    [InlineData("panic at 0xc000123", "panic at 0x1F")]
    [InlineData("request 9f86d081884c7d65 failed", "request deadbeef01234567 failed")]
    [InlineData("lost 123e4567-e89b-12d3-a456-426614174000", "lost 00112233-4455-6677-8899-aabbccddeeff")]
    [InlineData("took 3.5 s of 3 s", "took 10 s of 1,000 s")]
    [InlineData("\n  disk full\nat line 3", "disk full\nsomething else")]
    public void WhatDiffersEachTime_DoesNotCount(string one, string other)
    {
        Assert.Equal(Fingerprint.Template(one), Fingerprint.Template(other));
        Assert.Equal(Fingerprint.Of("t", JobReason.Error, one), Fingerprint.Of("t", JobReason.Error, other));
    }

    [Theory]
    [InlineData("disk full", "disk gone")]
    [InlineData("can't read the file, don't know why", "can't write the file, don't know why")]
    [InlineData("read and/or write failed", "read and/or seek failed")]
    [InlineData("the facade faded", "the decade faded")]
    [InlineData("", "disk full")]
    public void WhatMakesTheDifference_Counts(string one, string other) =>
        Assert.NotEqual(Fingerprint.Of("t", JobReason.Error, one), Fingerprint.Of("t", JobReason.Error, other));

    [Fact]
    public void TypeAndReason_Count()
    {
        var known = Fingerprint.Of("t", JobReason.Error, "disk full");
        Assert.NotEqual(known, Fingerprint.Of("u", JobReason.Error, "disk full"));
        Assert.NotEqual(known, Fingerprint.Of("t", JobReason.Timeout, "disk full"));
    }

    /// <summary>It is stored: a version that computes another one would tear groups apart.</summary>
    [Fact]
    public void Fingerprint_StaysTheSame()
    {
        Assert.Equal("open <path>: no space left on …, # bytes", Fingerprint.Template("open /data/v1.dat: no space left on 'sda', 17 bytes"));
        Assert.Equal("c60c8dcf20ea", Fingerprint.Of("vacuum", JobReason.Error, "open /data/v1.dat: no space left on 'sda', 17 bytes"));
    }

    [Fact]
    public void OnlyFailedJobs_HaveOne()
    {
        var job = new Job { Id = new JobId("j"), JobType = "t", DedupeKey = "j", CreatedAt = default, UpdatedAt = default, DueAt = default, Error = "disk full", Reason = JobReason.Error };
        Assert.Equal("", Fingerprint.Of(job with { State = JobState.Canceled }));
        Assert.Equal(Fingerprint.Length, Fingerprint.Of(job with { State = JobState.Failed }).Length);
    }

    [Theory]
    [InlineData("\"")]
    [InlineData("'")]
    [InlineData("1:")]
    [InlineData("a-")]
    [InlineData("/")]
    [InlineData("0a")]
    public void HostileText_EndsSoon(string part) =>
        Assert.InRange(Fingerprint.Template(string.Concat(Enumerable.Repeat(part, 100_000))).Length, 0, 500);
}

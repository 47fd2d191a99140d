using BlazorPluginAdmin.App.SeaweedFS;

namespace BlazorPluginAdmin.App.Tests.SeaweedFS;

public sealed class ScriptTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("\r\n  \n# all\n#\nlock\n LOCK \nunlock;", "unlock;")]
    [InlineData("lock\nvolume.balance -force\nunlock", "volume.balance -force")]
    [InlineData("  ec.encode -quietFor=1h # trailing\r\n\tec.rebuild -force\n", "ec.encode -quietFor=1h\nec.rebuild -force")]
    [InlineData("volume.lock\nlock -x", "volume.lock\nlock -x")]
    public void Scripts_OfAMaster_AreLeftWithWhatAWorkerRuns(string scripts, string clean) => Assert.Equal(clean, MaintenanceScripts.Clean(scripts));
}

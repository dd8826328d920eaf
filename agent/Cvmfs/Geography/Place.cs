namespace Agent.Cvmfs.Geography;

/// <summary>A place on earth, in degrees.</summary>
internal readonly record struct Place(double Latitude, double Longitude)
{
    /// <summary>The angle at the centre of the earth to another place, in radians: of two angles the smaller is the shorter way.</summary>
    public double AngleTo(Place other)
    {
        var (here, there) = (double.DegreesToRadians(Latitude), double.DegreesToRadians(other.Latitude));
        var (north, east) = (there - here, double.DegreesToRadians(other.Longitude - Longitude));
        // The haversine formula, which unlike the law of cosines tells near places apart.
        var square = Square(Math.Sin(north / 2)) + Math.Cos(here) * Math.Cos(there) * Square(Math.Sin(east / 2));
        return 2 * Math.Asin(Math.Sqrt(Math.Min(1, square)));
    }

    private static double Square(double value) => value * value;
}

import OpenMetrics
import Testing

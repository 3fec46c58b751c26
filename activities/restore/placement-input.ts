import type { RestorePlacement } from '../../domain/service.ts';

/**
 * Every field that a restore would otherwise take from AWS's defaults, which are not production's. What is kept is protected
 * from deletion; what goes away is not.
 */
export const placementInput = (placement: RestorePlacement, keep: boolean) => ({
  DBSubnetGroupName: placement.subnetGroup,
  VpcSecurityGroupIds: [...placement.securityGroups],
  DBClusterParameterGroupName: placement.parameterGroup,
  ...(placement.kmsKey !== undefined && { KmsKeyId: placement.kmsKey }),
  DeletionProtection: keep,
  CopyTagsToSnapshot: true,
});
